namespace Jarvis.SemanticKernel.Storage.Schema;

internal sealed class CallDetailsRow
{
    public Guid CallId { get; set; }

    // Null until somebody knows what the call cost. No foreign key: a constraint on ai_calls would stop the other program's own clean-up.
    public int? AiCallId { get; set; }

    public string? GenerationId { get; set; }

    public string? Provider { get; set; }

    public required string RequestedModel { get; set; }

    public string? Model { get; set; }

    public required string Tier { get; set; }

    public required string Status { get; set; }

    public int? HttpStatus { get; set; }

    public string? Error { get; set; }

    public decimal? CostUsdExact { get; set; }

    public required string CostSource { get; set; }

    public int? PromptTokens { get; set; }

    public int? CompletionTokens { get; set; }

    public int? CachedTokens { get; set; }

    public int? ReasoningTokens { get; set; }

    public int LatencyMs { get; set; }

    public bool Streamed { get; set; }

    public int Attempt { get; set; }

    public int? GoalId { get; set; }

    public string? Agent { get; set; }

    public string? Function { get; set; }

    public string? RunId { get; set; }

    public string? Route { get; set; }

    public DateTimeOffset StartedAt { get; set; }
}
