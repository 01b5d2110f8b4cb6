namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The switch in the shared database, without the power to release it.</summary>
internal sealed class StoredKillSwitch(KillSwitchGuard guard, IKillSwitchStore store, TimeProvider time) : IKillSwitch
{
    public CancellationToken StopToken => guard.StopToken;

    /// <summary>Gets the newest active state this process has seen; null when it saw none.</summary>
    public KillSwitchState? LastActivation => guard.LastActivation;

    public ValueTask<KillSwitchState> GetStateAsync(CancellationToken cancellationToken = default) => guard.GetStateAsync(cancellationToken);

    public ValueTask ThrowIfActiveAsync(CancellationToken cancellationToken = default) => guard.ThrowIfActiveAsync(cancellationToken);

    public async Task ActivateAsync(string reason, string triggeredBy, CancellationToken cancellationToken = default)
    {
        KillSwitchChange.Validate(reason, triggeredBy);
        DateTimeOffset at = time.GetUtcNow();
        await KillSwitchChange.WriteAsync(store, token => store.ActivateAsync(
            KillSwitchValue.GlobalKey, KillSwitchValue.Active(reason, at), reason, triggeredBy, at, token), cancellationToken).ConfigureAwait(false);
        guard.AcceptActivation(new KillSwitchState(IsActive: true, reason, at));
    }

    public async Task<IReadOnlyList<KillSwitchAuditEntry>> GetHistoryAsync(int limit = 20, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        IReadOnlyList<KillSwitchAuditEntry> entries = [];
        await KillSwitchChange.WriteAsync(
            store, async token => entries = await store.ReadHistoryAsync(limit, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return entries;
    }
}
