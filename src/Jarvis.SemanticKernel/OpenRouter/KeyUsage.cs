using System.Text.Json;

namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>What OpenRouter says of the key. The limits are null when the key has none; the use is null when the answer does not say it.</summary>
internal sealed record KeyUsage(decimal? LimitUsd, decimal? RemainingUsd, decimal? UsedUsd)
{
    // What went through provider keys of one's own is in the ledger, so it is counted here too.
    public static KeyUsage Read(JsonElement data) => new(
        data.Decimal("limit"), data.Decimal("limit_remaining"), data.Decimal("usage") is { } usage ? usage + (data.Decimal("byok_usage") ?? 0) : null);
}
