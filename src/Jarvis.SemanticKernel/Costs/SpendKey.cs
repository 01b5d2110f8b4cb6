using System.Globalization;

namespace Jarvis.SemanticKernel;

/// <summary>What a line of a report stands for. A property is <see langword="null"/> where the report is not grouped by it, and for the calls that have none.</summary>
public sealed record SpendKey
{
    /// <summary>Gets the key of a total.</summary>
    public static SpendKey None { get; } = new();

    /// <summary>Gets the tier.</summary>
    public string? Tier { get; init; }

    /// <summary>Gets the model.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the provider.</summary>
    public string? Provider { get; init; }

    /// <summary>Gets the goal.</summary>
    public int? Goal { get; init; }

    /// <summary>Gets the agent.</summary>
    public string? Agent { get; init; }

    /// <summary>Gets the run.</summary>
    public string? Run { get; init; }

    /// <summary>Gets the kernel function.</summary>
    public string? Function { get; init; }

    /// <summary>Gets where the cost comes from.</summary>
    public CostSource? CostSource { get; init; }

    /// <summary>Gets the first instant of the hour, day, week or month, with the offset that the time zone has then; it may lie before the period.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Gets the first instant after the hour, day, week or month; it may lie after the period.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Writes the part of the key that belongs to a grouping, for tables and files.</summary>
    /// <param name="grouping">One of the groupings of the query.</param>
    /// <returns>The text; <see langword="null"/> for calls that have no such thing. A time is its start, as <c>2026-03-01 14:00 +01:00</c>, <c>2026-03-01</c> or <c>2026-03</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="grouping"/> is no grouping.</exception>
    public string? GetText(SpendGrouping grouping) => grouping switch
    {
        SpendGrouping.Tier => Tier,
        SpendGrouping.Model => Model,
        SpendGrouping.Provider => Provider,
        SpendGrouping.Goal => Goal?.ToString(CultureInfo.InvariantCulture),
        SpendGrouping.Agent => Agent,
        SpendGrouping.Run => Run,
        SpendGrouping.Function => Function,
        SpendGrouping.CostSource => CostSource?.ToString(),
        SpendGrouping.Hour => Start?.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture),
        SpendGrouping.Day or SpendGrouping.Week => Start?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        SpendGrouping.Month => Start?.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        _ => throw new ArgumentOutOfRangeException(nameof(grouping), grouping, $"Accepted are {string.Join(", ", Enum.GetNames<SpendGrouping>())}."),
    };
}
