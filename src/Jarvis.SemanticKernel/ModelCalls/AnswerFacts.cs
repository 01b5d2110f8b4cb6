namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>What the ledger wants to know of an answer, gathered from one JSON body or from the events of a stream. Later events overwrite.</summary>
internal sealed class AnswerFacts
{
    public string? Id { get; set; }

    public string? Model { get; set; }

    public string? Provider { get; set; }

    public bool HasChoices { get; set; }

    /// <summary>Gets or sets a value indicating whether a choice ended with the finish reason "error".</summary>
    public bool FinishedWithError { get; set; }

    public ErrorFacts? Error { get; set; }

    public int? PromptTokens { get; set; }

    public int? CompletionTokens { get; set; }

    public int? CachedTokens { get; set; }

    public int? ReasoningTokens { get; set; }

    public decimal? CostUsd { get; set; }

    public bool HasUsage { get; set; }

    public bool IsError => Error is not null || FinishedWithError;

    public ModelCallUsage? ToUsage() => HasUsage ? new ModelCallUsage(PromptTokens, CompletionTokens, CachedTokens, ReasoningTokens, CostUsd) : null;
}
