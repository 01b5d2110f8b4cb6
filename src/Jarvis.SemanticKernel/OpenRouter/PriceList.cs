using System.Collections.Frozen;
using System.Text.Json;

namespace Jarvis.SemanticKernel.OpenRouter;

internal sealed class PriceList(IOpenRouterApi api, TimeProvider time) : IPriceList
{
    // As long as OpenRouter's own edge keeps it.
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);

    private volatile Snapshot? _newest;

    public bool TryPrice(string model, TokenCounts tokens, DateTimeOffset startedAt, out decimal? costUsd)
    {
        costUsd = null;
        if (_newest is not { } list || !IsFresh(list))
        {
            return false;
        }

        costUsd = list.Models.GetValueOrDefault(model)?.CostOf(tokens, startedAt);
        return true;
    }

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_newest is not { } list || !IsFresh(list))
        {
            // An endpoint without a list has no prices, and is not asked for each call.
            JsonElement? models = await api.GetModelsAsync(cancellationToken).ConfigureAwait(false);
            _newest = new Snapshot(Read(models ?? default), time.GetTimestamp());
        }
    }

    private static FrozenDictionary<string, ModelPrices?> Read(JsonElement models)
    {
        Dictionary<string, ModelPrices?> known = new(StringComparer.Ordinal);
        foreach (JsonElement model in models.ValueKind == JsonValueKind.Array ? models.EnumerateArray() : [])
        {
            ModelPrices? prices = ModelPrices.Read(model);
            if (model.Text("canonical_slug") is { } slug)
            {
                known.TryAdd(slug, prices);
            }

            if (model.Text("id") is { } id)
            {
                known[id] = prices;
            }
        }

        return known.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private bool IsFresh(Snapshot list) => time.GetElapsedTime(list.ReadAt) < FreshFor;

    private sealed record Snapshot(FrozenDictionary<string, ModelPrices?> Models, long ReadAt);
}
