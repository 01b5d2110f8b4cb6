namespace Jarvis.SemanticKernel.Tests.Fixtures;

/// <summary>A row of call_details as plain SQL reads it.</summary>
internal sealed record RecordedCall
{
    public required string Tier { get; init; }

    public required string Status { get; init; }

    public string? Error { get; init; }

    public decimal? CostUsd { get; init; }

    public int? PromptTokens { get; init; }

    public int? CompletionTokens { get; init; }

    public bool IsStreamed { get; init; }

    public int Attempt { get; init; }

    public int? GoalId { get; init; }

    public string? Agent { get; init; }

    public string? Function { get; init; }

    public string? RunId { get; init; }

    public string? Route { get; init; }
}
