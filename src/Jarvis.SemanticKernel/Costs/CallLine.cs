namespace Jarvis.SemanticKernel;

/// <summary>One recorded call, as the view <c>jarvis.calls</c> shows it. What is <see langword="null"/> is not known; of a call of another program only its row in <c>ai_calls</c> is.</summary>
public sealed class CallLine
{
    /// <summary>Gets when the call started, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets the id of the physical call, or <see langword="null"/> for one of another program.</summary>
    public Guid? CallId { get; init; }

    /// <summary>Gets the row in <c>ai_calls</c>, or <see langword="null"/> while the cost is unknown.</summary>
    public int? AiCallId { get; init; }

    /// <summary>Gets what became of the call.</summary>
    public AiCallStatus? Status { get; init; }

    /// <summary>Gets the tier.</summary>
    public required string Tier { get; init; }

    /// <summary>Gets the model that answered, or the one asked for when none answered.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the provider that answered.</summary>
    public string? Provider { get; init; }

    /// <summary>Gets the upstream's id of the call.</summary>
    public string? GenerationId { get; init; }

    /// <summary>Gets the status code on the wire.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Gets the allow-listed facts of a failure.</summary>
    public string? Error { get; init; }

    /// <summary>Gets the tokens of the prompt.</summary>
    public int? PromptTokens { get; init; }

    /// <summary>Gets the tokens of the answer.</summary>
    public int? CompletionTokens { get; init; }

    /// <summary>Gets the exact cost in USD.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>Gets who says what it cost.</summary>
    public CostSource? CostSource { get; init; }

    /// <summary>Gets how long the call took, to the end of its body.</summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>Gets whether it was streamed.</summary>
    public bool? IsStreamed { get; init; }

    /// <summary>Gets which attempt it was, 1 for the first.</summary>
    public int? Attempt { get; init; }

    /// <summary>Gets the goal it was for.</summary>
    public int? GoalId { get; init; }

    /// <summary>Gets the agent it was for.</summary>
    public string? Agent { get; init; }

    /// <summary>Gets the function it was for.</summary>
    public string? Function { get; init; }

    /// <summary>Gets the run it belongs to.</summary>
    public string? RunId { get; init; }
}
