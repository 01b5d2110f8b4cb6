using System.Runtime.ExceptionServices;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// Once a run was stopped it stays stopped, even if the switch is released before its tool loop ends: Semantic Kernel turns the exception of a tool filter into
/// a message for the model, so the exception alone would not end the loop.
/// </summary>
internal sealed class RunLatch
{
    private ExceptionDispatchInfo? _stopped;
    private CancellationToken _stop;

    /// <summary>Stops the run. The first cause is kept.</summary>
    public void Stop(Exception cause) => Interlocked.CompareExchange(ref _stopped, ExceptionDispatchInfo.Capture(cause), null);

    public void ThrowIfStopped() => Volatile.Read(ref _stopped)?.Throw();

    /// <summary>
    /// Says whether the switch was active at any time since the run's first check, which nobody may have looked at meanwhile. Pass the switch's token as it is
    /// after a check that found the switch open; the run keeps the first one.
    /// </summary>
    public bool WasActiveSinceStart(CancellationToken stop)
    {
        if (!_stop.CanBeCanceled)
        {
            _stop = stop;
        }

        return _stop.IsCancellationRequested;
    }
}
