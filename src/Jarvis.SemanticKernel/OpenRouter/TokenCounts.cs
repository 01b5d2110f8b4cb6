namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>What a price list is asked to price.</summary>
/// <param name="Prompt">Tokens of the prompt, those read from and written to a cache included.</param>
/// <param name="Completion">Tokens of the answer, reasoning included.</param>
/// <param name="CacheRead">Tokens of the prompt that came from a cache.</param>
/// <param name="CacheWrite">Tokens of the prompt that were written to a cache.</param>
/// <param name="Reasoning">Tokens of reasoning.</param>
internal sealed record TokenCounts(int Prompt, int Completion, int CacheRead, int CacheWrite, int Reasoning);
