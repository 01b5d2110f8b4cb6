using Jarvis.SemanticKernel.Costs;

namespace Jarvis.SemanticKernel;

/// <summary>A question about what was spent.</summary>
public sealed record SpendQuery
{
    /// <summary>Gets the first instant of the period. Calls count by the instant they started.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Gets the first instant after the period.</summary>
    /// <value>Later than <see cref="From"/>.</value>
    public required DateTimeOffset To { get; init; }

    /// <summary>Gets what the lines stand for: one line for each combination that occurs.</summary>
    /// <value>Each grouping at most once, and at most one of hour, day, week and month. Empty asks for the total alone. The default is <see cref="SpendGrouping.Tier"/>.</value>
    public IReadOnlyList<SpendGrouping> GroupBy { get; init; } = [SpendGrouping.Tier];

    /// <summary>Gets which calls count.</summary>
    /// <value>The default is all of them.</value>
    public SpendFilter Filter { get; init; } = SpendFilter.None;

    /// <summary>Gets whose hours, days, weeks and months are meant.</summary>
    /// <value>The default is UTC.</value>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Gets how many lines to list, the most expensive ones; the others are summed in <see cref="SpendReport.Rest"/>.</summary>
    /// <value>At least 1. The default, <see langword="null"/>, lists all.</value>
    public int? Top { get; init; }

    /// <summary>Gets a value indicating whether the lines tell how long the calls took. Reads every row of the period.</summary>
    public bool WithLatency { get; init; }

    /// <summary>Gets a value indicating whether the report holds the period before as well, see <see cref="SpendReport.Previous"/>.</summary>
    public bool WithPrevious { get; init; }

    /// <summary>Lists the hours, days, weeks or months of the period, for charts: a report has no line for those without calls.</summary>
    /// <returns>Keys that say when each starts and ends, the earliest first; none when <see cref="GroupBy"/> holds no unit of time.</returns>
    /// <exception cref="ArgumentException">The query asks for what there is not. Names every fault, with what is accepted.</exception>
    public IReadOnlyList<SpendKey> GetUnits()
    {
        SpendQueryFaults.ThrowIfAny(this);
        IReadOnlyList<DateTimeOffset> bounds = SpendCalendar.Bounds(this);
        return [.. bounds.Zip(bounds.Skip(1), (start, end) => new SpendKey { Start = start, End = end })];
    }
}
