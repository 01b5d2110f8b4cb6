using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>The bodies of <c>/key</c> and <c>/credits</c>: what the billing book says, by UTC day, week from Monday, and month.</summary>
internal sealed class KeyJson(OpenRouterSimulatorOptions options, BillingBook book)
{
    private readonly TimeProvider _time = options.TimeProvider;
    private readonly decimal? _limitUsd = options.KeyLimitUsd;
    private readonly decimal _totalCreditsUsd = options.TotalCreditsUsd;

    public void WriteKey(Utf8JsonWriter json, bool isManagement)
    {
        DateTimeOffset day = new(_time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        DateTimeOffset week = day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
        DateTimeOffset month = day.AddDays(1 - day.Day);
        (decimal CreditsUsd, decimal UpstreamUsd) all = book.Spend();
        json.WriteStartObject();
        json.WriteStartObject("data"u8);
        json.WriteString("label"u8, "sk-or-v1-sim...ula"u8);
        WriteLimit(json, "limit"u8, _limitUsd);
        json.WriteNull("limit_reset"u8);
        WriteLimit(json, "limit_remaining"u8, _limitUsd - all.CreditsUsd);
        json.WriteBoolean("include_byok_in_limit"u8, false);
        json.WriteNumber("usage"u8, all.CreditsUsd);
        json.WriteNumber("usage_daily"u8, book.Spend(day).CreditsUsd);
        json.WriteNumber("usage_weekly"u8, book.Spend(week).CreditsUsd);
        json.WriteNumber("usage_monthly"u8, book.Spend(month).CreditsUsd);
        json.WriteNumber("byok_usage"u8, all.UpstreamUsd);
        json.WriteNumber("byok_usage_daily"u8, book.Spend(day).UpstreamUsd);
        json.WriteNumber("byok_usage_weekly"u8, book.Spend(week).UpstreamUsd);
        json.WriteNumber("byok_usage_monthly"u8, book.Spend(month).UpstreamUsd);
        json.WriteBoolean("is_free_tier"u8, false);
        json.WriteBoolean("is_management_key"u8, isManagement);
        json.WriteBoolean("is_provisioning_key"u8, isManagement);
        json.WriteString("creator_user_id"u8, ErrorJson.UserId);
        json.WriteNull("expires_at"u8);
        json.WriteStartObject("rate_limit"u8);
        json.WriteNumber("requests"u8, -1);
        json.WriteString("interval"u8, "10s"u8);
        json.WriteString("note"u8, "This field is deprecated and safe to ignore."u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public void WriteCredits(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("data"u8);
        json.WriteNumber("total_credits"u8, _totalCreditsUsd);
        json.WriteNumber("total_usage"u8, book.Spend().CreditsUsd);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLimit(Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal? limit)
    {
        if (limit is { } amount)
        {
            json.WriteNumber(name, amount);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
