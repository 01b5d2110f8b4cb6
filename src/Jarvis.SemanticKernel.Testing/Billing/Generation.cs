namespace Jarvis.SemanticKernel.Testing;

/// <summary>What <c>/generation</c> knows of one call.</summary>
internal sealed class Generation
{
    private volatile bool _isCancelled;

    public required ChatAnswer Answer { get; init; }

    public required SimulatedRequest Request { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public string? EndUser { get; init; }

    public string? SessionId { get; init; }

    public bool IsStreamed => Request.IsStreaming;

    public bool IsCancelled
    {
        get => _isCancelled;
        set => _isCancelled = value;
    }
}
