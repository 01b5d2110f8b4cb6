using System.Text.Json;

namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>USD for each token, and for each request; null is not priced separately.</summary>
internal sealed record TokenPrices(decimal? Prompt, decimal? Completion, decimal? CacheRead, decimal? CacheWrite, decimal? LongCacheWrite, decimal? Reasoning, decimal? Request)
{
    // A price above it is none, and keeps every product within what a decimal holds.
    private const decimal Most = 1_000_000m;

    /// <summary>Gets a value indicating whether all of them can be meant. A price of -1 stands for one that depends on who serves the call.</summary>
    public bool AreMeant => All.All(price => price is null or (>= 0m and <= Most));

    private IEnumerable<decimal?> All => [Prompt, Completion, CacheRead, CacheWrite, LongCacheWrite, Reasoning, Request];

    public static TokenPrices Read(JsonElement pricing) => new(
        pricing.Decimal("prompt"),
        pricing.Decimal("completion"),
        pricing.Decimal("input_cache_read"),
        pricing.Decimal("input_cache_write"),
        pricing.Decimal("input_cache_write_1h"),
        pricing.Decimal("internal_reasoning"),
        pricing.Decimal("request"));

    /// <summary>The same prices with those that the others name put in their place.</summary>
    public TokenPrices With(TokenPrices others) => new(
        others.Prompt ?? Prompt,
        others.Completion ?? Completion,
        others.CacheRead ?? CacheRead,
        others.CacheWrite ?? CacheWrite,
        others.LongCacheWrite ?? LongCacheWrite,
        others.Reasoning ?? Reasoning,
        others.Request ?? Request);

    /// <summary>The exact cost; null where the tokens or the prices do not tell it.</summary>
    public decimal? CostOf(TokenCounts tokens)
    {
        long plainPrompt = (long)tokens.Prompt - tokens.CacheRead - tokens.CacheWrite;
        long plainCompletion = (long)tokens.Completion - tokens.Reasoning;
        if (Prompt is not { } prompt || Completion is not { } completion || plainPrompt < 0 || (plainCompletion < 0 && Separate(Reasoning) is not null))
        {
            return null;
        }

        // How long what was written to the cache stays there is not counted, and priced.
        if (tokens.CacheWrite > 0 && Separate(LongCacheWrite) is { } longer && longer != (Separate(CacheWrite) ?? prompt))
        {
            return null;
        }

        return (plainPrompt * prompt)
            + (tokens.CacheRead * (Separate(CacheRead) ?? prompt))
            + (tokens.CacheWrite * (Separate(CacheWrite) ?? prompt))
            + (plainCompletion * completion)
            + (tokens.Reasoning * (Separate(Reasoning) ?? completion))
            + (Request ?? 0m);
    }

    // Lists write a zero where there is no price of its own: models that charge for what they think have "internal_reasoning": "0".
    private static decimal? Separate(decimal? price) => price > 0m ? price : null;
}
