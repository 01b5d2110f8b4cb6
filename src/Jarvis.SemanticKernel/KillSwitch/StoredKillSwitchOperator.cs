namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The power to release the switches in the shared database.</summary>
internal sealed class StoredKillSwitchOperator(KillSwitchGuard guard, IKillSwitchStore store, IKillSwitchReleaseStore releases, TimeProvider time) : IKillSwitchOperator
{
    public async Task DeactivateAsync(string reason, string triggeredBy, KillSwitchScope? scope = null, CancellationToken cancellationToken = default)
    {
        KillSwitchChange.Validate(reason, triggeredBy);
        string key = (scope ?? KillSwitchScope.Global).Key;
        DateTimeOffset at = time.GetUtcNow();
        await KillSwitchChange.WriteAsync(
            store, token => releases.DeactivateAsync(key, KillSwitchValue.Inactive(reason, at), reason, triggeredBy, at, token), cancellationToken).ConfigureAwait(false);
        await guard.AcceptReleaseAsync(cancellationToken).ConfigureAwait(false);
    }
}
