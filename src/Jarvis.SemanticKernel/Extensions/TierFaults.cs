using Jarvis.SemanticKernel.Routing;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Extensions;

/// <summary>The faults of the settings that say which tiers there are, what serves them and which functions they serve.</summary>
internal static class TierFaults
{
    private const int MostTokens = 1_000_000;

    public static IEnumerable<string> Find(JarvisRoutingOptions options)
    {
        List<string> faults = [];
        foreach ((string tier, TierOptions? settings) in options.Tiers)
        {
            CheckName(tier, settings, faults);
            if (settings is not null)
            {
                CheckModels(tier, settings, faults);
                CheckProvider($"Tiers:{tier}:Provider", settings.Provider, faults);
            }
        }

        if (string.IsNullOrWhiteSpace(options.DefaultTier) || !options.Tiers.ContainsKey(options.DefaultTier))
        {
            faults.Add($"DefaultTier is '{options.DefaultTier}'. Accepted is one of the tiers: {string.Join(", ", options.Tiers.Keys)}.");
        }

        CheckFallbacks(options.Tiers, faults);
        CheckOwnEndpoints(options.Tiers, faults);
        CheckRoutes(options, faults);
        return faults;
    }

    private static void CheckName(string tier, TierOptions? settings, List<string> faults)
    {
        if (string.IsNullOrWhiteSpace(tier))
        {
            faults.Add("Tiers holds a tier without a name.");
        }
        else if (string.Equals(tier, PromptExecutionSettings.DefaultServiceId, StringComparison.OrdinalIgnoreCase))
        {
            faults.Add($"Tiers:{tier} has a name that Semantic Kernel reserves for settings of any service. Accepted is any other name; {nameof(JarvisRoutingOptions.DefaultTier)} chooses the default.");
        }
        else if (string.IsNullOrWhiteSpace(settings?.Model))
        {
            faults.Add($"{ModelSetting.Of(tier)} is empty. Accepted is a model id of the endpoint, such as anthropic/claude-sonnet-4.5.");
        }
    }

    private static void CheckModels(string tier, TierOptions settings, List<string> faults)
    {
        if (settings.MaxTokens is < 1 or > MostTokens)
        {
            faults.Add(FormattableString.Invariant($"Tiers:{tier}:MaxTokens is {settings.MaxTokens}. Accepted is 1 to {MostTokens}."));
        }

        string where = $"Tiers:{tier}:FallbackModels";
        IReadOnlyList<string> models = settings.FallbackModels ?? [];
        if (models.Count > TierOptions.MostFallbackModels)
        {
            faults.Add($"{where} has {models.Count} models. Accepted are {TierOptions.MostFallbackModels} at most: OpenRouter takes three in all.");
        }

        CheckList(where, settings.FallbackModels, "model id", faults);
        if (settings.Model is { } own && models.Contains(own, StringComparer.Ordinal))
        {
            faults.Add($"{where} names {ShownValue.Of(own)}, which is the tier's own model. Accepted are other models.");
        }
    }

    private static void CheckProvider(string where, ProviderPreferences provider, List<string> faults)
    {
        CheckList($"{where}:Order", provider.Order, "provider", faults);
        CheckList($"{where}:Only", provider.Only, "provider", faults);
        CheckList($"{where}:Ignore", provider.Ignore, "provider", faults);
        CheckList($"{where}:Quantizations", provider.Quantizations, "quantization", faults);
        foreach (string slug in (provider.Ignore ?? []).Intersect([.. provider.Only ?? [], .. provider.Order ?? []], StringComparer.OrdinalIgnoreCase))
        {
            faults.Add($"{where}:Ignore names {ShownValue.Of(slug)}, which Only or Order names too. Accepted is one of the two.");
        }

        CheckWord($"{where}:Sort", provider.Sort, faults);
        CheckWord($"{where}:DataCollection", provider.DataCollection, faults);
        ProviderMaxPrice most = provider.MaxPrice;
        (string Name, decimal? Usd)[] prices =
        [
            (nameof(most.PromptUsdPerMillion), most.PromptUsdPerMillion), (nameof(most.CompletionUsdPerMillion), most.CompletionUsdPerMillion), (nameof(most.RequestUsd), most.RequestUsd),
            (nameof(most.ImageUsd), most.ImageUsd), (nameof(most.AudioUsd), most.AudioUsd),
        ];
        faults.AddRange(prices.Where(price => price.Usd < 0)
            .Select(price => FormattableString.Invariant($"{where}:MaxPrice:{price.Name} is {price.Usd}. Accepted is zero or more, in USD, or nothing for no limit.")));
    }

    private static void CheckList(string where, IReadOnlyList<string>? names, string kind, List<string> faults)
    {
        if (names is null)
        {
            faults.Add($"{where} is null. Accepted is a list, an empty one for none.");
            return;
        }

        if (names.Any(string.IsNullOrWhiteSpace))
        {
            faults.Add($"{where} has an empty entry. Accepted is the name of a {kind} in each.");
        }

        faults.AddRange(names.Where(name => !string.IsNullOrWhiteSpace(name)).GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1)
            .Select(same => $"{where} names {ShownValue.Of(same.Key)} twice. Accepted is each {kind} once."));
    }

    private static void CheckWord<T>(string where, T? value, List<string> faults)
        where T : struct, Enum
    {
        if (value is { } word && !Enum.IsDefined(word))
        {
            faults.Add(FormattableString.Invariant($"{where} is {word}. Accepted is one of: {string.Join(", ", Enum.GetNames<T>())}."));
        }
    }

    private static void CheckRoutes(JarvisRoutingOptions options, List<string> faults)
    {
        foreach ((string pattern, string? tier) in options.Routes)
        {
            if (RouteRule.FindFault(pattern) is { } fault)
            {
                faults.Add(
                    $"Routes has the pattern {ShownValue.Of(pattern)}, which {fault}. Accepted is Plugin.Function or a function alone, in which * stands for any characters, such as Planner.*.");
            }

            if (string.IsNullOrWhiteSpace(tier) || !options.Tiers.ContainsKey(tier))
            {
                faults.Add($"Routes:{ShownValue.Of(pattern).Trim('\'')} leads to {ShownValue.Of(tier ?? string.Empty)}. Accepted is one of the tiers: {string.Join(", ", options.Tiers.Keys)}.");
            }
        }
    }

    private static void CheckOwnEndpoints(IDictionary<string, TierOptions> tiers, List<string> faults)
    {
        foreach ((string tier, TierOptions? settings) in tiers)
        {
            if (settings?.Endpoint is { } endpoint && !JarvisOptionsValidator.IsEndpoint(endpoint))
            {
                faults.Add($"Tiers:{tier}:Endpoint is {ShownValue.Of(endpoint)}. Accepted is an absolute http or https address, or nothing.");
            }

            if (settings?.ApiKey is { } key && (settings.Endpoint is null || key.Length == 0 || !JarvisOptionsValidator.IsKey(key)))
            {
                faults.Add(settings.Endpoint is null ? $"Tiers:{tier}:ApiKey is set, but not Tiers:{tier}:Endpoint. A key of a tier's own is for an endpoint of its own."
                    : $"Tiers:{tier}:ApiKey is empty or holds a blank, a line break or a character outside ASCII. Accepted is the key alone, or null to send none.");
            }

            if (settings?.Prices is { } prices && (settings.Endpoint is null || !ArePrices(prices)))
            {
                faults.Add(settings.Endpoint is null ? $"Tiers:{tier}:Prices is set, but not Tiers:{tier}:Endpoint. What the other tiers cost, their endpoint says."
                    : FormattableString.Invariant($"Tiers:{tier}:Prices is {prices.PromptUsdPerMillion} and {prices.CompletionUsdPerMillion}. Accepted is 0 to 1000000 USD for a million tokens each."));
            }
        }
    }

    private static bool ArePrices(TierPrices prices) => prices is { PromptUsdPerMillion: >= 0m and <= 1_000_000m, CompletionUsdPerMillion: >= 0m and <= 1_000_000m };

    private static void CheckFallbacks(IDictionary<string, TierOptions> tiers, List<string> faults)
    {
        foreach ((string tier, TierOptions? settings) in tiers)
        {
            if (settings?.FallbackTier is not { } fallback)
            {
                continue;
            }

            if (!tiers.ContainsKey(fallback))
            {
                faults.Add($"Tiers:{tier}:FallbackTier is '{fallback}'. Accepted is one of the other tiers, {string.Join(", ", tiers.Keys.Where(other => other != tier))}, or nothing.");
                continue;
            }

            List<string> way = [tier];
            for (string? next = fallback; next is not null && tiers.TryGetValue(next, out TierOptions? other) && way.Count <= tiers.Count; next = other?.FallbackTier)
            {
                way.Add(next);
                if (string.Equals(next, tier, StringComparison.OrdinalIgnoreCase))
                {
                    faults.Add($"Tiers:{tier}:FallbackTier leads back to the tier itself: {string.Join(" → ", way)}. Accepted are fallbacks that end.");
                    break;
                }
            }
        }
    }
}
