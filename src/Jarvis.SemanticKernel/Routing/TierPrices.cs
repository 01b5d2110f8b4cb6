namespace Jarvis.SemanticKernel;

/// <summary>What tokens cost at an endpoint whose answers do not say. A call priced by it is recorded with the source <c>computed</c>.</summary>
public sealed class TierPrices
{
    /// <summary>Gets or sets what a million tokens of prompts cost, in USD; those read from a cache cost the same.</summary>
    /// <value>Between 0 and 1,000,000; the default is 0.</value>
    public decimal PromptUsdPerMillion { get; set; }

    /// <summary>Gets or sets what a million tokens of answers cost, in USD.</summary>
    /// <value>Between 0 and 1,000,000; the default is 0.</value>
    public decimal CompletionUsdPerMillion { get; set; }

    internal decimal CostUsd(int promptTokens, int completionTokens) => ((promptTokens * PromptUsdPerMillion) + (completionTokens * CompletionUsdPerMillion)) / 1_000_000m;
}
