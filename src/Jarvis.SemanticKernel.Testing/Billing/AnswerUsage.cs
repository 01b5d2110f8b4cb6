namespace Jarvis.SemanticKernel.Testing;

/// <summary>Tokens and costs of one answer; the texts are what the wire shows, the decimals what is billed.</summary>
internal sealed record AnswerUsage
{
    public required int PromptTokens { get; init; }

    public required int CompletionTokens { get; init; }

    public int CachedTokens { get; init; }

    public int CacheWriteTokens { get; init; }

    public int ReasoningTokens { get; init; }

    public required decimal CostUsd { get; init; }

    /// <summary>The script's own text for <see cref="CostUsd"/>.</summary>
    public string? CostJson { get; init; }

    public bool IsByok { get; init; }

    public decimal UpstreamCostUsd { get; init; }

    public string? UpstreamCostJson { get; init; }

    public required decimal PromptCostUsd { get; init; }

    public required decimal CompletionCostUsd { get; init; }

    /// <summary>What the account and, with an own provider key, the provider account pay together.</summary>
    public decimal SpendUsd => IsByok ? ExactMoney.Add(CostUsd, UpstreamCostUsd) : CostUsd;
}
