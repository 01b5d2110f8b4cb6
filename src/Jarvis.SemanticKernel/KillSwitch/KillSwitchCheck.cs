using Jarvis.SemanticKernel.Routing;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>Asks whether something may start, for the run that it would belong to. What is stopped once inside a run stops the whole run.</summary>
internal sealed class KillSwitchCheck(IKillSwitch killSwitch)
{
    private static readonly KillSwitchState Unknown = new(IsActive: true, Reason: "it was activated while this call was under way", Since: null);

    public CancellationToken StopToken => killSwitch.StopToken;

    public async ValueTask ThrowIfStoppedAsync(RunLatch? run, CancellationToken cancellationToken)
    {
        run?.ThrowIfStopped();
        try
        {
            await killSwitch.ThrowIfActiveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception stop) when (run is not null && stop is not OperationCanceledException)
        {
            run.Stop(stop);
            throw;
        }

        if (run?.WasActiveSinceStart(killSwitch.StopToken) == true)
        {
            throw Stop(run);
        }
    }

    /// <summary>Stops a run that was under way when the switch was activated, released again or not.</summary>
    public KillSwitchActiveException Stop(RunLatch? run)
    {
        var stopped = new KillSwitchActiveException((killSwitch as StoredKillSwitch)?.LastActivation ?? Unknown);
        run?.Stop(stopped);
        return stopped;
    }
}
