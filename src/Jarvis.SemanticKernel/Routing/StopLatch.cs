using System.Runtime.ExceptionServices;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// Once a call was stopped it stays stopped, even if the switch is released before its tool loop ends: Semantic Kernel turns the exception of a tool filter into
/// a message for the model, so the exception alone would not end the loop.
/// </summary>
internal sealed class StopLatch
{
    private const long NotYet = -1;

    private ExceptionDispatchInfo? _stopped;
    private CancellationToken _stop;
    private long _beganAt = NotYet;

    /// <summary>Stops the call. The first cause is kept.</summary>
    public void Stop(Exception cause) => Interlocked.CompareExchange(ref _stopped, ExceptionDispatchInfo.Capture(cause), null);

    public void ThrowIfStopped() => Volatile.Read(ref _stopped)?.Throw();

    /// <summary>Gives the version of the switches that the call's first check was held against, which is this one when there was none before.</summary>
    public long BeginAt(long version) => Interlocked.CompareExchange(ref _beganAt, version, NotYet) is var before && before == NotYet ? version : before;

    /// <summary>Says whether the token of the first check, which is this one when there was none before, was cancelled meanwhile.</summary>
    public bool WasCancelledSinceStart(CancellationToken stop)
    {
        if (!_stop.CanBeCanceled)
        {
            _stop = stop;
        }

        return _stop.IsCancellationRequested;
    }
}
