namespace Jarvis.SemanticKernel.Plugins;

/// <summary>The periods a model may name. UTC, half-open; those that reach the present end now.</summary>
internal static class SpendPeriod
{
    public static IReadOnlyList<string> Names { get; } = ["last_hour", "today", "yesterday", "last_7_days", "last_30_days", "this_month", "last_month"];

    public static (DateTimeOffset From, DateTimeOffset To)? Find(string name, DateTimeOffset now)
    {
        now = now.ToUniversalTime();
        var day = new DateTimeOffset(now.Date, TimeSpan.Zero);
        DateTimeOffset month = day.AddDays(1 - day.Day);

        // A call that starts in this very instant belongs to a period that ends now.
        DateTimeOffset end = now.AddTicks(TimeSpan.TicksPerMillisecond);
        return name switch
        {
            "last_hour" => (now.AddHours(-1), end),
            "today" => (day, end),
            "yesterday" => (day.AddDays(-1), day),
            "last_7_days" => (now.AddDays(-7), end),
            "last_30_days" => (now.AddDays(-30), end),
            "this_month" => (month, end),
            "last_month" => (month.AddMonths(-1), month),
            _ => null,
        };
    }
}
