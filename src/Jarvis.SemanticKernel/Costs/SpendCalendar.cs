namespace Jarvis.SemanticKernel.Costs;

/// <summary>Hours, days, weeks and months of a time zone, as instants.</summary>
internal static class SpendCalendar
{
    public static bool IsTime(SpendGrouping grouping) => grouping is SpendGrouping.Hour or SpendGrouping.Day or SpendGrouping.Week or SpendGrouping.Month;

    /// <summary>Where the units begin that a query is grouped by; nowhere when it is not grouped by time.</summary>
    public static IReadOnlyList<DateTimeOffset> Bounds(SpendQuery query) =>
        query.GroupBy.Where(IsTime).Select(unit => Bounds(unit, query.From, query.To, query.TimeZone)).FirstOrDefault([]);

    /// <summary>Where the units begin that the period touches, and where the last of them ends.</summary>
    public static IReadOnlyList<DateTimeOffset> Bounds(SpendGrouping unit, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone)
    {
        List<DateTimeOffset> bounds = [];
        foreach (DateTimeOffset start in unit == SpendGrouping.Hour ? Hours(from, zone) : Starts(unit, from, zone))
        {
            bounds.Add(start);
            if (start >= to)
            {
                break;
            }
        }

        return bounds;
    }

    /// <summary>The period before: as many months or days where both ends are the beginning of one in the zone, else as much time.</summary>
    public static DateTimeOffset StartOfPeriodBefore(DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone)
    {
        DateTime start = TimeZoneInfo.ConvertTime(from, zone).DateTime;
        DateTime end = TimeZoneInfo.ConvertTime(to, zone).DateTime;
        if (Begins(SpendGrouping.Month, start, from, zone) && Begins(SpendGrouping.Month, end, to, zone))
        {
            int months = ((end.Year - start.Year) * 12) + end.Month - start.Month;
            return FirstInstant(start.AddMonths(-months), zone);
        }

        return Begins(SpendGrouping.Day, start, from, zone) && Begins(SpendGrouping.Day, end, to, zone)
            ? FirstInstant(start - (end - start), zone)
            : TimeZoneInfo.ConvertTime(from - (to - from), zone);
    }

    /// <summary>The first instant at which the zone's clock shows this time or, when it skips it, a later one.</summary>
    public static DateTimeOffset FirstInstant(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
        {
            return FirstAfterGap(local, zone);
        }

        TimeSpan offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset);
    }

    // Hours do not go by the clock's face, on which one may come twice or not at all, but by the minutes on it.
    private static IEnumerable<DateTimeOffset> Hours(DateTimeOffset from, TimeZoneInfo zone)
    {
        for (DateTimeOffset hour = FloorToHour(from, zone); ; hour = HourAfter(hour, zone))
        {
            yield return hour;
        }
    }

    private static IEnumerable<DateTimeOffset> Starts(SpendGrouping unit, DateTimeOffset from, TimeZoneInfo zone)
    {
        DateTimeOffset? last = null;
        for (DateTime local = Floor(unit, TimeZoneInfo.ConvertTime(from, zone).DateTime); ; local = Next(unit, local))
        {
            DateTimeOffset start = FirstInstant(local, zone);

            // A day that the zone skipped, by moving to the other side of the date line, has no instant of its own.
            if (!(start <= last))
            {
                yield return start;
                last = start;
            }
        }
    }

    private static bool Begins(SpendGrouping unit, DateTime local, DateTimeOffset instant, TimeZoneInfo zone) => FirstInstant(Floor(unit, local), zone) == instant;

    private static DateTimeOffset FirstAfterGap(DateTime local, TimeZoneInfo zone)
    {
        // No offset reaches further than 14 hours, and inside these bounds the clock only goes forward: it is in a gap.
        long before = local.Ticks - TimeSpan.FromHours(15).Ticks;
        long after = local.Ticks + TimeSpan.FromHours(15).Ticks;
        while (after - before > 1)
        {
            long middle = before + ((after - before) / 2);
            if (TimeZoneInfo.ConvertTime(new DateTimeOffset(middle, TimeSpan.Zero), zone).DateTime >= local)
            {
                after = middle;
            }
            else
            {
                before = middle;
            }
        }

        return TimeZoneInfo.ConvertTime(new DateTimeOffset(after, TimeSpan.Zero), zone);
    }

    private static DateTimeOffset HourAfter(DateTimeOffset hour, TimeZoneInfo zone)
    {
        DateTimeOffset next = FloorToHour(hour.AddHours(1), zone);
        return next > hour ? next : TimeZoneInfo.ConvertTime(hour.AddHours(1), zone);
    }

    private static DateTimeOffset FloorToHour(DateTimeOffset instant, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(instant.AddTicks(-(TimeZoneInfo.ConvertTime(instant, zone).Ticks % TimeSpan.TicksPerHour)), zone);

    private static DateTime Floor(SpendGrouping unit, DateTime local) => unit switch
    {
        SpendGrouping.Week => local.Date.AddDays(-(((int)local.DayOfWeek + 6) % 7)),
        SpendGrouping.Month => new DateTime(local.Year, local.Month, 1, 0, 0, 0, DateTimeKind.Unspecified),
        _ => local.Date,
    };

    private static DateTime Next(SpendGrouping unit, DateTime local) => unit switch
    {
        SpendGrouping.Week => local.AddDays(7),
        SpendGrouping.Month => local.AddMonths(1),
        _ => local.AddDays(1),
    };
}
