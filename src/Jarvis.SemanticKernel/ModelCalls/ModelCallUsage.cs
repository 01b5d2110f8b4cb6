namespace Jarvis.SemanticKernel;

/// <summary>What the upstream reported about one call; <see langword="null"/> is unknown, never zero.</summary>
/// <param name="PromptTokens">Tokens of the prompt, cached ones included.</param>
/// <param name="CompletionTokens">Tokens of the answer, reasoning included.</param>
/// <param name="CachedTokens">Tokens of the prompt that came from a cache.</param>
/// <param name="ReasoningTokens">Tokens of reasoning.</param>
/// <param name="CostUsd">The exact cost in USD. With a provider key of one's own, OpenRouter's fee and what that provider bills.</param>
public sealed record ModelCallUsage(int? PromptTokens, int? CompletionTokens, int? CachedTokens, int? ReasoningTokens, decimal? CostUsd)
{
    // Without a key of one's own the upstream cost repeats the cost, and adding the two would count twice. A negative cost is a fault, not a credit.
    internal static decimal? TotalCost(decimal? cost, decimal? upstreamCost, bool isByok) =>
        cost is null or < 0m ? null
        : !isByok ? cost
        : upstreamCost is null or < 0m || cost > decimal.MaxValue - upstreamCost ? null
        : cost + upstreamCost;
}
