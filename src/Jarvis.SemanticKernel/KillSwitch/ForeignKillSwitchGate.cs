namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>A switch that somebody brought along knows what it stops; whatever it stops inside a call stops everything around it.</summary>
internal sealed class ForeignKillSwitchGate(IKillSwitch killSwitch, KillSwitchInFlight inFlight) : IKillSwitchGate
{
    private static readonly KillSwitchState Unknown = new() { IsActive = true, Reason = "it was activated while this call was under way" };

    public async ValueTask ThrowIfStoppedAsync(KillSwitchSubject subject, CancellationToken cancellationToken)
    {
        subject.ThrowIfStopped();
        try
        {
            await killSwitch.ThrowIfActiveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception stop) when (stop is not OperationCanceledException)
        {
            subject.StopAll(stop);
            throw;
        }

        if (subject.Call?.Latch.WasCancelledSinceStart(killSwitch.StopToken) == true)
        {
            var stopped = new KillSwitchActiveException(Unknown);
            subject.StopAll(stopped);
            throw stopped;
        }
    }

    public IDisposable Watch(StopLink link) => inFlight == KillSwitchInFlight.Cancel
        ? killSwitch.StopToken.UnsafeRegister(
            static link =>
            {
                ((StopLink)link!).Stop(Unknown);
                ((StopLink)link).Cut(Unknown);
            },
            link)
        : killSwitch.StopToken.UnsafeRegister(static link => ((StopLink)link!).Stop(Unknown), link);
}
