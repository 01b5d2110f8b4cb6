using System.Runtime.ExceptionServices;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// Once a run was stopped it stays stopped, even if the switch is released before its tool loop ends: Semantic Kernel turns the exception of a tool filter into
/// a message for the model, so the exception alone would not end the loop.
/// </summary>
internal sealed class RunLatch
{
    private ExceptionDispatchInfo? _stopped;

    /// <summary>Stops the run. The first cause is kept.</summary>
    public void Stop(Exception cause) => Interlocked.CompareExchange(ref _stopped, ExceptionDispatchInfo.Capture(cause), null);

    public void ThrowIfStopped() => Volatile.Read(ref _stopped)?.Throw();
}
