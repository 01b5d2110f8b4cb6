namespace Jarvis.SemanticKernel.Testing;

/// <summary>A usage that the script dictates; cost texts are JSON numbers that a decimal holds exactly, or null.</summary>
internal sealed record ReplyUsage(
    int PromptTokens, int CompletionTokens, string? CostJson, int CachedTokens, int CacheWriteTokens, int ReasoningTokens, string? UpstreamCostJson);
