namespace Jarvis.SemanticKernel;

/// <summary>What the calls of one key spent, or all of them together.</summary>
public sealed record SpendLine
{
    /// <summary>Gets what the line stands for.</summary>
    public SpendKey Key { get; init; } = SpendKey.None;

    /// <summary>Gets the number of physical calls, failed ones and those of other programs included.</summary>
    public long Calls { get; init; }

    /// <summary>Gets the number of calls whose status is not <c>ok</c>.</summary>
    public long FailedCalls { get; init; }

    /// <summary>Gets the number of calls that may have cost something nobody knows yet. Their cost is not in <see cref="CostUsd"/>.</summary>
    public long UnresolvedCalls { get; init; }

    /// <summary>Gets the tokens of the prompts, where known, cached ones included.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Gets the tokens of the answers, where known, those of reasoning included.</summary>
    public long CompletionTokens { get; init; }

    /// <summary>Gets how many tokens of the prompts came from a cache, where known.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Gets how many tokens of the answers were reasoning, where known.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>Gets the exact sum of the known costs in USD.</summary>
    public decimal CostUsd { get; init; }

    /// <summary>Gets how long the calls took; <see langword="null"/> when the query did not ask, for <see cref="SpendReport.Rest"/>, and when no call of the line says it.</summary>
    public SpendLatency? Latency { get; init; }
}
