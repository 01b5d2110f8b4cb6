namespace Jarvis.SemanticKernel.Costs;

/// <summary>Finds everything that is wrong with a query.</summary>
internal static class SpendQueryFaults
{
    // A line each: more than a chart or a person can take, and more than a year of hours.
    private const int MostUnits = 100_000;

    private static readonly TimeSpan LongestOffset = TimeSpan.FromHours(15);

    /// <exception cref="ArgumentException">With all faults.</exception>
    public static void ThrowIfAny(SpendQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        string[] faults = [.. Find(query)];
        if (faults.Length > 0)
        {
            throw new ArgumentException(string.Join(" ", faults), nameof(query));
        }
    }

    private static IEnumerable<string> Find(SpendQuery query)
    {
        if (query.To <= query.From)
        {
            yield return $"{nameof(query.To)} has to be later than {nameof(query.From)}, {query.From:O}; {query.To:O} is not.";
        }

        if (query.Top < 1)
        {
            yield return $"{nameof(query.Top)} is {query.Top}; at least 1 line, or null for all.";
        }

        if (query.Filter is null || query.TimeZone is null || query.GroupBy is null)
        {
            yield return $"{nameof(query.Filter)}, {nameof(query.TimeZone)} and {nameof(query.GroupBy)} must not be null; leave them out for all calls, UTC and tiers.";
            yield break;
        }

        if (query.Filter.CostSource is { } source && !Enum.IsDefined(source))
        {
            yield return $"{nameof(query.Filter)}.{nameof(SpendFilter.CostSource)} is {source}; accepted are {string.Join(", ", Enum.GetNames<CostSource>())}.";
        }

        foreach (string fault in Groupings(query).Concat(Edges(query)))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> Groupings(SpendQuery query)
    {
        if (query.GroupBy.Any(grouping => !Enum.IsDefined(grouping)))
        {
            yield return $"{nameof(query.GroupBy)} holds {query.GroupBy.First(grouping => !Enum.IsDefined(grouping))}; accepted are {string.Join(", ", Enum.GetNames<SpendGrouping>())}.";
        }

        if (query.GroupBy.Distinct().Count() < query.GroupBy.Count)
        {
            yield return $"{nameof(query.GroupBy)} holds {query.GroupBy.GroupBy(grouping => grouping).First(same => same.Count() > 1).Key} more than once.";
        }

        SpendGrouping[] units = [.. query.GroupBy.Where(SpendCalendar.IsTime).Distinct()];
        if (units.Length > 1)
        {
            yield return $"{nameof(query.GroupBy)} holds {string.Join(" and ", units)}; at most one of Hour, Day, Week, Month.";
        }
        else if (units.Length == 1 && (query.To - query.From) / LengthOf(units[0]) > MostUnits)
        {
            yield return $"The period from {query.From:O} to {query.To:O} has more than {MostUnits} units of {units[0]}; take a shorter period or a longer unit.";
        }
    }

    // The calendar cannot look further than its own ends.
    private static IEnumerable<string> Edges(SpendQuery query)
    {
        bool hasUnits = query.GroupBy.Any(SpendCalendar.IsTime);
        if (hasUnits && (query.From - DateTimeOffset.MinValue < TimeSpan.FromDays(40) || DateTimeOffset.MaxValue - query.To < TimeSpan.FromDays(40)))
        {
            yield return $"A period that is grouped by time has to lie between {DateTimeOffset.MinValue.AddDays(40):O} and {DateTimeOffset.MaxValue.AddDays(-40):O}.";
        }

        if (query.WithPrevious && query.To > query.From && query.From - DateTimeOffset.MinValue < query.To - query.From + TimeSpan.FromDays(40) + LongestOffset)
        {
            yield return $"There is no period of the same length before {query.From:O}: {nameof(query.WithPrevious)} needs one.";
        }
    }

    private static TimeSpan LengthOf(SpendGrouping unit) => unit switch
    {
        SpendGrouping.Hour => TimeSpan.FromHours(1),
        SpendGrouping.Day => TimeSpan.FromDays(1),
        SpendGrouping.Week => TimeSpan.FromDays(7),
        _ => TimeSpan.FromDays(28),
    };
}
