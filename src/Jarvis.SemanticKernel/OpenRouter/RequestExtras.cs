using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>The members of a request's body that only OpenRouter understands.</summary>
internal static class RequestExtras
{
    /// <summary>What the options of a tier add to its requests; empty when they ask for nothing.</summary>
    public static IReadOnlyList<KeyValuePair<string, object?>> Of(TierOptions tier)
    {
        List<KeyValuePair<string, object?>> extras = [];
        if (tier.FallbackModels.Count > 0)
        {
            extras.Add(new("models", JsonSerializer.SerializeToElement<string[]>([tier.Model!, .. tier.FallbackModels])));
        }

        JsonObject provider = Of(tier.Provider);
        if (provider.Count > 0)
        {
            extras.Add(new("provider", JsonSerializer.SerializeToElement(provider)));
        }

        return extras;
    }

    private static JsonObject Of(ProviderPreferences preferences)
    {
        JsonObject provider = [];
        Add("order", List(preferences.Order));
        Add("only", List(preferences.Only));
        Add("ignore", List(preferences.Ignore));
        Add("quantizations", List(preferences.Quantizations));
        Add("allow_fallbacks", preferences.AllowFallbacks);
        Add("require_parameters", preferences.RequireParameters);
        Add("data_collection", Word(preferences.DataCollection));
        Add("zdr", preferences.Zdr);
        Add("enforce_distillable_text", preferences.EnforceDistillableText);
        Add("sort", Word(preferences.Sort));
        JsonObject price = Of(preferences.MaxPrice);
        Add("max_price", price.Count > 0 ? price : null);
        return provider;

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                provider.Add(name, value);
            }
        }
    }

    // The description of the API wants texts, which keep every digit besides.
    private static JsonObject Of(ProviderMaxPrice most)
    {
        (string Name, decimal? Usd)[] prices =
        [
            ("prompt", most.PromptUsdPerMillion), ("completion", most.CompletionUsdPerMillion), ("request", most.RequestUsd), ("image", most.ImageUsd), ("audio", most.AudioUsd),
        ];
        return new JsonObject(prices.Where(price => price.Usd is not null)
            .Select(price => KeyValuePair.Create<string, JsonNode?>(price.Name, price.Usd!.Value.ToString(CultureInfo.InvariantCulture))));
    }

    private static JsonArray? List(IReadOnlyList<string> slugs) => slugs.Count == 0 ? null : [.. slugs.Select(slug => JsonValue.Create(slug))];

    private static JsonNode? Word<T>(T? value)
        where T : struct, Enum => value?.ToString().ToLowerInvariant();
}
