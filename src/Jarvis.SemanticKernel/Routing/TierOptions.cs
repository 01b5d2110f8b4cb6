namespace Jarvis.SemanticKernel;

/// <summary>What one tier stands for.</summary>
public sealed class TierOptions
{
    /// <summary>The most tokens that an answer may have where nobody says otherwise.</summary>
    public const int DefaultMaxTokens = 16_384;

    /// <summary>The most fallback models that a tier may have: OpenRouter refuses lists of more than three models, the tier's own included.</summary>
    public const int MostFallbackModels = 2;

    /// <summary>Gets or sets the model that serves the tier.</summary>
    /// <value>
    /// A model id as the endpoint spells it. <c>strong</c>, <c>mid</c> and <c>cheap</c> have defaults and are overridden by <c>JARVIS_MODEL_STRONG</c>,
    /// <c>JARVIS_MODEL_MID</c> and <c>JARVIS_MODEL_CHEAP</c>; any other tier has to name its model.
    /// </value>
    public string? Model { get; set; }

    /// <summary>Gets or sets the models that OpenRouter tries, in this order, when <see cref="Model"/> fails. The one that answers is the one that is billed and recorded.</summary>
    /// <value>At most <see cref="MostFallbackModels"/> model ids; the default is none. A kill switch of one of them stops the tier's calls.</value>
    public IReadOnlyList<string> FallbackModels { get; set; } = [];

    /// <summary>Gets or sets the most tokens that an answer may have, reasoning included, where the execution settings do not say.</summary>
    /// <value>
    /// Between 1 and 1,000,000; the default is <see cref="DefaultMaxTokens"/>. Always sent: OpenRouter's credit check counts it, and without it takes the model's own maximum,
    /// for which a healthy account may be refused.
    /// </value>
    public int MaxTokens { get; set; } = DefaultMaxTokens;

    /// <summary>Gets what the tier asks of the providers that serve its models.</summary>
    public ProviderPreferences Provider { get; } = new();

    /// <summary>
    /// Gets or sets the tier that serves a call when this one cannot: its upstream is down, its circuit is open, its model is gone or no provider is left, and all attempts were made.
    /// Not after the first piece of a stream has reached the caller, and not when the kill switch stopped the call. The record names the tier that served, with the route <c>fallback</c>.
    /// </summary>
    /// <value>The name of another tier, which may have a fallback of its own, as long as they form no circle; the default is <see langword="null"/>, which means none.</value>
    public string? FallbackTier { get; set; }

    /// <summary>Gets or sets the base address of the OpenAI-compatible API that serves the tier. Nothing that only OpenRouter understands is sent there, and not <see cref="JarvisRoutingOptions.ApiKey"/>.</summary>
    /// <value>An absolute http or https address, without the final <c>/chat/completions</c>; the default, <see langword="null"/>, is <see cref="JarvisRoutingOptions.Endpoint"/>.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>Gets or sets the key for <see cref="Endpoint"/>.</summary>
    /// <value>Only for a tier with an endpoint of its own; the default, <see langword="null"/>, sends no key.</value>
    public string? ApiKey { get; set; }

    /// <summary>Gets or sets what tokens cost at <see cref="Endpoint"/>, for answers that name no cost.</summary>
    /// <value>Only for a tier with an endpoint of its own; the default, <see langword="null"/>, leaves such costs unknown.</value>
    public TierPrices? Prices { get; set; }

    /// <summary>Gets or sets what the tier is for, in a few words for a model that delegates.</summary>
    /// <value>The three tiers that are always there have one; any other has none until it is set.</value>
    public string? Purpose { get; set; }

    internal static Dictionary<string, TierOptions> Defaults() => new(StringComparer.OrdinalIgnoreCase)
    {
        [Tier.Strong] = new() { Model = "anthropic/claude-opus-4.6", Purpose = "hard problems: planning, judging, work where a mistake is dear" },
        [Tier.Mid] = new() { Model = "anthropic/claude-sonnet-4.5", Purpose = "everyday work: writing, code, tools, most questions" },
        [Tier.Cheap] = new() { Model = "x-ai/grok-4.1-fast", Purpose = "short and plain work in large numbers: labels, extracts, summaries" },
    };
}
