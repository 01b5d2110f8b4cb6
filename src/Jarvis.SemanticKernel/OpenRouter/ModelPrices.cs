using System.Text.Json;

namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>What one model costs.</summary>
internal sealed record ModelPrices(TokenPrices Base, IReadOnlyList<PriceOverride> Overrides)
{
    /// <summary>Reads a model of the list; null when its prices leave open what a call costs.</summary>
    public static ModelPrices? Read(JsonElement model)
    {
        // Whether prices stand there before or after a discount is not said.
        if (model.Member("pricing") is not { } pricing || pricing.Decimal("discount") is not (null or 0m))
        {
            return null;
        }

        JsonElement[] entries = pricing.Member("overrides") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];
        PriceOverride[] overrides = [.. entries.Select(PriceOverride.Read).OfType<PriceOverride>()];
        var prices = new ModelPrices(TokenPrices.Read(pricing), overrides);
        return overrides.Length == entries.Length && prices.Base.AreMeant && overrides.All(entry => entry.Prices.AreMeant) ? prices : null;
    }

    /// <summary>The exact cost; null where tokens and prices do not tell it.</summary>
    public decimal? CostOf(TokenCounts tokens, DateTimeOffset startedAt) => Overrides
        .Where(entry => entry.HoldsFor(tokens.Prompt, startedAt))
        .Aggregate(Base, (prices, entry) => prices.With(entry.Prices))
        .CostOf(tokens);
}
