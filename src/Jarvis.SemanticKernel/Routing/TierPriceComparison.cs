using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.OpenRouter;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>Compares what a typical call costs on each tier, by the endpoint's price list or by the prices in the tier's options.</summary>
internal sealed class TierPriceComparison(IPriceList list, TimeProvider time)
{
    // Agents read much more than they write.
    private const int Prompt = 3_000;
    private const int Completion = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>How many times the cheapest price each tier costs; tiers whose price nobody tells are left out, as are all when the cheapest is free.</summary>
    public async Task<IReadOnlyDictionary<string, decimal>> CompareAsync(TierSet tiers, JarvisRoutingOptions options, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<string, decimal> known = new(StringComparer.OrdinalIgnoreCase);
        foreach (string name in tiers.Names)
        {
            if (options.Tiers.TryGetValue(name, out TierOptions? tier) && PriceOf(tier, tiers.FindModel(name)!) is { } price)
            {
                known[name] = price;
            }
        }

        decimal lowest = known.Count == 0 ? 0m : known.Values.Min();
        return lowest == 0m ? new Dictionary<string, decimal>() : known.ToDictionary(price => price.Key, price => price.Value / lowest, StringComparer.OrdinalIgnoreCase);
    }

    private decimal? PriceOf(TierOptions tier, string model) =>
        tier.Endpoint is not null ? tier.Prices?.CostUsd(Prompt, Completion)
        : list.TryPrice(model, new TokenCounts(Prompt, Completion, 0, 0, 0), time.GetUtcNow(), out decimal? cost) ? cost : null;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Without a list the prices are unknown, which is said.")]
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await list.RefreshAsync(cancellationToken).WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The last list that was read may still be fresh enough.
        }
    }
}
