namespace Jarvis.SemanticKernel.Routing;

/// <summary>An outermost call and everything its tools call.</summary>
internal sealed class Run(string? ownId)
{
    private volatile bool _isOver;
    private int _tasks;

    /// <summary>Gets the id that was made for this run; null when a scope named it.</summary>
    public string? OwnId { get; } = ownId;

    /// <summary>Gets a value indicating whether the outermost call has returned.</summary>
    public bool IsOver => _isOver;

    /// <summary>Counts a task that is handed over, unless there were as many before.</summary>
    public bool TryDelegate(int most) => Interlocked.Increment(ref _tasks) <= most;

    public void End() => _isOver = true;
}
