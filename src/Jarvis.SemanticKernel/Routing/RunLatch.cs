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
    private LogicalCall? _outermost;
    private volatile bool _isOver;

    /// <summary>Gets the id that was made for this run; null when a scope named it.</summary>
    public string? OwnId { get; private set; }

    /// <summary>Gets a value indicating whether the outermost call has returned.</summary>
    public bool IsOver => _isOver;

    /// <summary>Takes the first call as the outermost one. It is not shared with others before that.</summary>
    public void Begin(LogicalCall call, string? ownId)
    {
        if (_outermost is null)
        {
            (_outermost, OwnId) = (call, ownId);
        }
    }

    public void End(LogicalCall call)
    {
        if (ReferenceEquals(call, _outermost))
        {
            _isOver = true;
        }
    }

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
