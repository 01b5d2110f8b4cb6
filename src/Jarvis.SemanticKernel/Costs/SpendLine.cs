namespace Jarvis.SemanticKernel;

/// <summary>What one tier, model or goal spent, or all of them together.</summary>
/// <param name="Key">The tier, model or goal; <see langword="null"/> for calls that have none.</param>
/// <param name="Calls">Physical calls, failed ones and those of other programs included.</param>
/// <param name="FailedCalls">Calls whose status is not <c>ok</c>.</param>
/// <param name="UnresolvedCalls">Calls that may have cost something nobody knows yet. Their cost is not in <paramref name="CostUsd"/>.</param>
/// <param name="PromptTokens">Tokens of the prompts, where known.</param>
/// <param name="CompletionTokens">Tokens of the answers, where known.</param>
/// <param name="CostUsd">The exact sum in USD.</param>
public sealed record SpendLine(string? Key, long Calls, long FailedCalls, long UnresolvedCalls, long PromptTokens, long CompletionTokens, decimal CostUsd);
