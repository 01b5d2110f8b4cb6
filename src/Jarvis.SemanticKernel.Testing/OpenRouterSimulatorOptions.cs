namespace Jarvis.SemanticKernel.Testing;

/// <summary>How an <see cref="OpenRouterSimulator"/> behaves. Read once, when it starts.</summary>
public sealed class OpenRouterSimulatorOptions
{
    /// <summary>Gets or sets the clock behind <c>created</c> stamps, delays and <see cref="GenerationDelay"/>.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Gets the price list, by model id; it is also the list that <c>/models</c> shows.</summary>
    /// <value>OpenRouter's list prices of <c>anthropic/claude-opus-4.6</c>, <c>anthropic/claude-sonnet-4.5</c> and <c>x-ai/grok-4.1-fast</c>.</value>
    public IDictionary<string, ModelPrice> Prices { get; } = new Dictionary<string, ModelPrice>(StringComparer.Ordinal)
    {
        ["anthropic/claude-opus-4.6"] = new(0.000005m, 0.000025m, 0.0000005m, 0.00000625m),
        ["anthropic/claude-sonnet-4.5"] = new(0.000003m, 0.000015m, 0.0000003m, 0.00000375m),
        ["x-ai/grok-4.1-fast"] = new(0.0000002m, 0.0000005m, 0.00000005m),
    };

    /// <summary>Gets or sets the price of a model that <see cref="Prices"/> does not name, so that no call is free by accident.</summary>
    /// <value>The default is 1 USD per million prompt tokens and 2 USD per million completion tokens.</value>
    public ModelPrice OtherModelsPrice { get; set; } = new(0.000001m, 0.000002m, 0.0000001m);

    /// <summary>Gets or sets a value indicating whether a model outside <see cref="Prices"/> is answered with <see cref="SimulatedReply.InvalidModel"/>.</summary>
    /// <value>The default is <see langword="false"/>. The script is not asked for such a call.</value>
    public bool UnknownModelIsError { get; set; }

    /// <summary>Gets or sets the model of a request that names none.</summary>
    /// <value>The default is <c>anthropic/claude-sonnet-4.5</c>.</value>
    public string DefaultModel { get; set; } = "anthropic/claude-sonnet-4.5";

    /// <summary>Gets or sets the only inference key that is accepted.</summary>
    /// <value><see langword="null"/>, the default, accepts any non-empty bearer token.</value>
    public string? ApiKey { get; set; }

    /// <summary>Gets or sets a value indicating whether a request without a key is refused, as OpenRouter does. Servers of one's own, which the simulator can stand for too, mostly want none.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool NeedsKey { get; set; } = true;

    /// <summary>Gets or sets the key that may read <c>/credits</c> and, as with OpenRouter, may not run completions.</summary>
    /// <value><see langword="null"/>, the default, means that no key may.</value>
    public string? ManagementKey { get; set; }

    /// <summary>Gets or sets the bought credits that <c>/credits</c> reports.</summary>
    /// <value>The default is 100 USD.</value>
    public decimal TotalCreditsUsd { get; set; } = 100m;

    /// <summary>Gets or sets the key's limit that <c>/key</c> reports. It is shown, not enforced.</summary>
    /// <value><see langword="null"/>, the default, means unlimited.</value>
    public decimal? KeyLimitUsd { get; set; }

    /// <summary>Gets or sets how long <c>/generation</c> answers 404 after a call was billed, by <see cref="TimeProvider"/>.</summary>
    /// <value>The default is zero; the real service was seen to need up to 20 seconds.</value>
    public TimeSpan GenerationDelay { get; set; }

    /// <summary>Gets or sets a value indicating whether requests, billed calls and generations are kept for inspection.</summary>
    /// <value>The default is <see langword="true"/>. When off only counts and totals are kept, for benchmarks.</value>
    public bool KeepRequests { get; set; } = true;
}
