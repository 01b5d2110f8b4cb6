namespace Jarvis.SemanticKernel.Costs;

/// <summary>A valid query, in what the stores need of it.</summary>
internal sealed record SpendReading
{
    /// <summary>UTC and in whole microseconds, as the tables are, so that no store rounds a bound to its own liking.</summary>
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required IReadOnlyList<SpendGrouping> GroupBy { get; init; }

    public required SpendFilter Filter { get; init; }

    /// <summary>Where the hours, days, weeks or months begin, and where the last one ends. Empty when the lines do not stand for times.</summary>
    public IReadOnlyList<DateTimeOffset> Bounds { get; init; } = [];

    public bool WithLatency { get; init; }

    /// <summary>Whether nothing of a call matters but when it was: one sum for each hour is enough.</summary>
    public bool IsByTimeAlone => Filter == SpendFilter.None && GroupBy.All(SpendCalendar.IsTime);

    /// <summary>Whether each of these sums is a line.</summary>
    public bool IsByHourAlone => IsByTimeAlone && GroupBy is [SpendGrouping.Hour];

    public static SpendReading Of(SpendQuery query) => new()
    {
        From = InMicroseconds(query.From),
        To = InMicroseconds(query.To),
        GroupBy = query.GroupBy,
        Filter = query.Filter,
        Bounds = SpendCalendar.Bounds(query),
        WithLatency = query.WithLatency,
    };

    // Upwards: a call is never between two microseconds, so it is on the same side of either.
    private static DateTimeOffset InMicroseconds(DateTimeOffset instant)
    {
        long ticks = instant.UtcTicks;
        long over = ticks % TimeSpan.TicksPerMicrosecond;
        return new DateTimeOffset(over == 0 ? ticks : Math.Min(ticks - over + TimeSpan.TicksPerMicrosecond, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
    }
}
