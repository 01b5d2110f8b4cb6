namespace Jarvis.SemanticKernel.Testing;

/// <summary>One call as the simulator's account was charged for it.</summary>
public sealed record BilledCall
{
    /// <summary>Gets the id in the answer, in its <c>X-Generation-Id</c> header and in <c>/generation</c>.</summary>
    public required string GenerationId { get; init; }

    /// <summary>Gets the model that answered, which is the one billed.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the prompt's tokens, cached ones included.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Gets the answer's tokens, reasoning included.</summary>
    public required int CompletionTokens { get; init; }

    /// <summary>Gets the prompt tokens that were read from a cache.</summary>
    public int CachedTokens { get; init; }

    /// <summary>Gets the prompt tokens that were written to a cache.</summary>
    public int CacheWriteTokens { get; init; }

    /// <summary>Gets the reasoning tokens.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>Gets the whole spend in USD: what OpenRouter charged and, for a bring-your-own-key call, what the own provider account pays.</summary>
    public required decimal CostUsd { get; init; }

    /// <summary>Gets the part of <see cref="CostUsd"/> that the own provider account pays; zero unless <see cref="IsByok"/>.</summary>
    public decimal UpstreamCostUsd { get; init; }

    /// <summary>Gets a value indicating whether the call went through an own provider key.</summary>
    public bool IsByok { get; init; }

    /// <summary>Gets when the call was billed, by the simulator's <see cref="TimeProvider"/>.</summary>
    public required DateTimeOffset BilledAt { get; init; }

    /// <summary>Adds the costs of calls.</summary>
    /// <param name="calls">The calls to add.</param>
    /// <returns>The exact sum.</returns>
    /// <exception cref="OverflowException">The exact sum does not fit into a <see cref="decimal"/>.</exception>
    public static decimal Sum(IEnumerable<BilledCall> calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        return calls.Aggregate(0m, (sum, call) => ExactMoney.Add(sum, call.CostUsd));
    }
}
