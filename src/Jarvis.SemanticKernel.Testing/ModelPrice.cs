namespace Jarvis.SemanticKernel.Testing;

/// <summary>What one token of a model costs in the simulator, in USD per token.</summary>
/// <param name="PromptUsd">The price of a prompt token that was neither read from nor written to a cache.</param>
/// <param name="CompletionUsd">The price of an answer's token, reasoning included.</param>
/// <param name="CacheReadUsd">The price of a prompt token read from a cache.</param>
/// <param name="CacheWriteUsd">The price of a prompt token written to a cache.</param>
public sealed record ModelPrice(decimal PromptUsd, decimal CompletionUsd, decimal CacheReadUsd, decimal CacheWriteUsd = 0m);
