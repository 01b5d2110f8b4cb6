namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>A recorded call. The cost is exact, and null when nobody knows it; a call of another program has neither id nor status.</summary>
internal sealed record CallDocument(
    DateTimeOffset At,
    Guid? CallId,
    string? Status,
    string Tier,
    string Model,
    string? Provider,
    string? GenerationId,
    int? HttpStatus,
    string? Error,
    int? PromptTokens,
    int? CompletionTokens,
    decimal? CostUsd,
    string? CostSource,
    double? TookMilliseconds,
    bool? Streamed,
    int? Attempt,
    int? GoalId,
    string? Agent,
    string? Function,
    string? RunId)
{
    public static CallDocument From(CallLine call) => new(
        call.StartedAt,
        call.CallId,
        call.Status is { } status ? CallWords.Lower(status) : null,
        call.Tier,
        call.Model,
        call.Provider,
        call.GenerationId,
        call.HttpStatus,
        call.Error,
        call.PromptTokens,
        call.CompletionTokens,
        call.CostUsd,
        call.CostSource is { } source ? CallWords.Lower(source) : null,
        call.Latency?.TotalMilliseconds,
        call.IsStreamed,
        call.Attempt,
        call.GoalId,
        call.Agent,
        call.Function,
        call.RunId);
}
