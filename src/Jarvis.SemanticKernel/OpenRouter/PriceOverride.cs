using System.Text.Json;

namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>Prices that hold under a condition: a long prompt, or a time of day.</summary>
internal sealed record PriceOverride(TokenPrices Prices, decimal? MoreTokensThan, int? From, int? To)
{
    private static readonly string[] Understood =
    [
        "min_prompt_tokens", "utc_start", "utc_end", "prompt", "completion", "input_cache_read", "input_cache_write", "input_cache_write_1h", "internal_reasoning", "request",
        "audio", "audio_output", "image", "image_output", "image_token", "input_audio_cache", "web_search",
    ];

    /// <summary>Reads an entry; null when it has a condition that is not understood, so that nobody can say whether it holds.</summary>
    public static PriceOverride? Read(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.EnumerateObject().All(member => Understood.Contains(member.Name))
            ? new PriceOverride(TokenPrices.Read(entry), entry.Decimal("min_prompt_tokens"), entry.Count("utc_start"), entry.Count("utc_end"))
            : null;

    public bool HoldsFor(int promptTokens, DateTimeOffset at) => !(promptTokens <= MoreTokensThan) && IsInWindow(at.UtcDateTime);

    // Clock numbers, 930 for half past nine: from the first, before the second, perhaps past midnight.
    private bool IsInWindow(DateTime utc)
    {
        int now = (utc.Hour * 100) + utc.Minute;
        return (From, To) switch
        {
            (null, null) => true,
            ({ } from, null) => now >= from,
            (null, { } to) => now < to,
            ({ } from, { } to) => from <= to ? now >= from && now < to : now >= from || now < to,
        };
    }
}
