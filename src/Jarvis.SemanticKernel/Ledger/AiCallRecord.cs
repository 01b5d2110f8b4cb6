namespace Jarvis.SemanticKernel;

/// <summary>One physical model call as the ledger keeps it. Immutable and free of prompts, answers and secrets.</summary>
public sealed record AiCallRecord
{
    /// <summary>Gets the id made before the call left. A record appended twice under one id is stored once.</summary>
    public required Guid CallId { get; init; }

    /// <summary>Gets when the call left, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets the time from the call's start to the end of its body.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Gets the tier that served the call.</summary>
    public required string Tier { get; init; }

    /// <summary>Gets the model asked for.</summary>
    public required string RequestedModel { get; init; }

    /// <summary>Gets the model that answered, or <see langword="null"/> when no answer named one.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the provider that answered, or <see langword="null"/> when no answer named one.</summary>
    public string? Provider { get; init; }

    /// <summary>Gets the upstream's id of the call, or <see langword="null"/> when none was given.</summary>
    public string? GenerationId { get; init; }

    /// <summary>Gets what became of the call.</summary>
    public required AiCallStatus Status { get; init; }

    /// <summary>Gets the status code as it stood on the wire (200 for an error wrapped in a 200), or <see langword="null"/> when no response came.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Gets the allow-listed facts of a failure, as <c>name=value</c> pairs separated by <c>; </c>, or <see langword="null"/>.</summary>
    public string? Error { get; init; }

    /// <summary>Gets the prompt's tokens, cached ones included, or <see langword="null"/> when unknown.</summary>
    public int? PromptTokens { get; init; }

    /// <summary>Gets the answer's tokens, reasoning included, or <see langword="null"/> when unknown.</summary>
    public int? CompletionTokens { get; init; }

    /// <summary>Gets the prompt tokens that were read from a cache, or <see langword="null"/> when unknown.</summary>
    public int? CachedTokens { get; init; }

    /// <summary>Gets the reasoning tokens, or <see langword="null"/> when unknown.</summary>
    public int? ReasoningTokens { get; init; }

    /// <summary>Gets the exact cost in USD as it stood on the wire, or <see langword="null"/> when nobody knows it.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>Gets where <see cref="CostUsd"/> comes from.</summary>
    public CostSource CostSource { get; init; }

    /// <summary>Gets a value indicating whether the answer was streamed.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>Gets which attempt this was, 1 for the first.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Gets the goal the call is attributed to.</summary>
    public int? GoalId { get; init; }

    /// <summary>Gets the agent the call is attributed to.</summary>
    public string? Agent { get; init; }

    /// <summary>Gets the prompt function that made the call, as <c>Plugin.Function</c>.</summary>
    public string? Function { get; init; }

    /// <summary>Gets the run that the call belongs to.</summary>
    public string? RunId { get; init; }

    /// <summary>Gets which rule chose the tier.</summary>
    public string? Route { get; init; }
}
