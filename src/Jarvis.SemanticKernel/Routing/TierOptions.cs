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

    internal static Dictionary<string, TierOptions> Defaults() => new(StringComparer.OrdinalIgnoreCase)
    {
        [Tier.Strong] = new() { Model = "anthropic/claude-opus-4.6" },
        [Tier.Mid] = new() { Model = "anthropic/claude-sonnet-4.5" },
        [Tier.Cheap] = new() { Model = "x-ai/grok-4.1-fast" },
    };
}
