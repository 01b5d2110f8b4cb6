namespace Jarvis.SemanticKernel.Testing;

/// <summary>What <c>/generation</c> knows of one call.</summary>
internal sealed class Generation
{
    private int _reads = -1;
    private volatile bool _isCancelled;

    public required ChatAnswer Answer { get; init; }

    public required SimulatedRequest Request { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public string? EndUser { get; init; }

    public string? SessionId { get; init; }

    public bool IsStreamed => Request.IsStreaming;

    /// <summary>What the script answers to the next question about the call; null when it leaves it to the row.</summary>
    public SimulatedGenerationRead? NextRead() => Answer.Reply.GenerationReads.ElementAtOrDefault(Interlocked.Increment(ref _reads));

    public bool IsCancelled
    {
        get => _isCancelled;
        set => _isCancelled = value;
    }
}
