namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Something that has a time limit in common with others. It waits in one <see cref="DeadlineQueue"/> at most.</summary>
internal abstract class Deadline
{
    internal Deadline? Earlier { get; set; }

    internal Deadline? Later { get; set; }

    internal long StartedAt { get; set; }

    internal bool IsWaiting { get; set; }

    /// <summary>Runs when the limit has passed, on a thread of the clock.</summary>
    internal abstract void Pass();
}
