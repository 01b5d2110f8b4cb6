using Jarvis.SemanticKernel.Routing;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>Holds everything that wants to start against the newest snapshot.</summary>
internal sealed class StoredKillSwitchGate(KillSwitchGuard guard) : IKillSwitchGate
{
    public ValueTask ThrowIfStoppedAsync(KillSwitchSubject subject, CancellationToken cancellationToken)
    {
        subject.ThrowIfStopped();
        if (!guard.TryGetFresh(out KillSwitchSnapshot? snapshot))
        {
            return ReadAndThrowAsync(subject, cancellationToken);
        }

        ThrowIfStopped(subject, snapshot);
        return default;
    }

    public IDisposable Watch(StopLink link) => guard.UnderWay.Add(link);

    private async ValueTask ReadAndThrowAsync(KillSwitchSubject subject, CancellationToken cancellationToken)
    {
        KillSwitchSnapshot snapshot;
        try
        {
            snapshot = await guard.GetSnapshotAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KillSwitchUnavailableException unavailable)
        {
            subject.StopAll(unavailable);
            throw;
        }

        ThrowIfStopped(subject, snapshot);
    }

    private static void ThrowIfStopped(KillSwitchSubject subject, KillSwitchSnapshot snapshot)
    {
        if ((subject.FindStop(snapshot, out LogicalCall? stopped) ?? subject.FindActivation(snapshot, out stopped)) is { } state)
        {
            Exception cause = KillSwitchFault.ToException(state);
            stopped?.Latch.Stop(cause);
            throw cause;
        }
    }
}
