namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>What a record says about the answer, apart from ids and times that differ from run to run.</summary>
internal sealed record ExpectedCall(
    AiCallStatus Status,
    int? HttpStatus = 200,
    string? GenerationId = null,
    string? Provider = null,
    string? Model = null,
    int? Prompt = null,
    int? Completion = null,
    int? Cached = null,
    int? Reasoning = null,
    decimal? CostUsd = null,
    string? Error = null)
{
    public static ExpectedCall Of(AiCallRecord record) => new(
        record.Status,
        record.HttpStatus,
        record.GenerationId,
        record.Provider,
        record.Model,
        record.PromptTokens,
        record.CompletionTokens,
        record.CachedTokens,
        record.ReasoningTokens,
        record.CostUsd,
        record.Error);
}
