using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>A spend report as a chart: bars, or lines over time.</summary>
internal sealed class CostsChart
{
    public const string Bars = "bars";
    public const string Line = "line";

    private const int MostBars = 60;

    // As many hours as a day has, and as many rows as a small terminal.
    private const int MostBarsUnlessTold = 24;
    private const int MostLines = 4;

    private readonly SpendReport _report;
    private readonly SpendGrouping? _unit;
    private readonly SpendKey[] _units;
    private readonly SpendKey[] _keys;
    private readonly Dictionary<SpendKey, decimal> _amounts;

    private CostsChart(SpendReport report)
    {
        _report = report;
        _amounts = report.Lines.ToDictionary(line => line.Key, line => line.CostUsd);

        // The most expensive lines of all are in no order of time.
        _unit = report.Query.Top is null ? report.Query.GroupBy.Where(IsTime).Cast<SpendGrouping?>().FirstOrDefault() : null;

        // What has not begun has cost nothing yet, which is not the same as zero.
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        DateTimeOffset? last = report.Lines.Max(line => line.Key.Start);
        _units = _unit is null ? [] : [.. report.Query.GetUnits().TakeWhile(unit => unit.Start <= now || unit.Start <= last)];
        _keys = report.Query.GroupBy.Count == 1
            ? [SpendKey.None]
            : [.. report.Lines.GroupBy(line => At(line.Key, SpendKey.None)).OrderByDescending(key => key.Sum(line => line.CostUsd)).Select(key => key.Key)];
    }

    /// <param name="screen">Where to.</param>
    /// <param name="report">What was spent.</param>
    /// <param name="shape">Bars, or line where the report goes over time. When nothing is said, lines where there would be too many bars over time.</param>
    public static void Draw(Terminal screen, SpendReport report, string? shape)
    {
        CostsChart chart = new(report);
        int bars = chart._unit is null ? report.Lines.Count : chart._units.Length * chart._keys.Length;
        bool isLine = chart._unit is not null && (shape is null ? bars > MostBarsUnlessTold : shape == Line);
        if (!screen.IsPiped && !isLine && bars > MostBars)
        {
            throw new UsageException($"{bars} bars are more than one can look at: take {(chart._unit is null ? "--top" : "--chart line")}, a shorter period or a longer unit.");
        }

        CostsTable.Period(screen, report.Query);
        if (isLine && !screen.IsPiped)
        {
            screen.Lines([.. chart.Lines()], [.. chart._units.Select(unit => unit.Start!.Value)], chart._unit!.Value);
        }
        else
        {
            screen.Bars([.. chart._unit is null ? chart.BarsOfLines() : chart.BarsOfUnits()]);
        }

        CostsTable.Notes(screen, report);
    }

    public static bool IsTime(SpendGrouping grouping) => grouping is SpendGrouping.Hour or SpendGrouping.Day or SpendGrouping.Week or SpendGrouping.Month;

    private static SpendKey At(SpendKey key, SpendKey unit) => key with { Start = unit.Start, End = unit.End };

    private IEnumerable<(string Label, decimal Amount, string Shown)> BarsOfLines()
    {
        foreach (SpendLine line in _report.Lines)
        {
            yield return Bar(CostsTable.Name(_report.Query, line.Key), line.CostUsd);
        }

        if (_report.Rest is { } rest)
        {
            yield return Bar($"{_report.RestCount} others", rest.CostUsd);
        }
    }

    private IEnumerable<(string Label, decimal Amount, string Shown)> BarsOfUnits() =>
        from unit in _units
        from key in _keys
        select Bar(CostsTable.Name(_report.Query, At(key, unit)), Amount(key, unit));

    private static (string Label, decimal Amount, string Shown) Bar(string label, decimal amount) => (label, amount, Money.Shown(amount));

    private IEnumerable<(string Name, string Text, IReadOnlyList<decimal> Amounts)> Lines()
    {
        SpendGrouping[] besides = [.. _report.Query.GroupBy.Where(grouping => !IsTime(grouping))];
        int listed = _keys.Length > MostLines ? MostLines - 1 : _keys.Length;
        foreach (SpendKey key in _keys.Take(listed))
        {
            string name = string.Join(" · ", besides.Select(grouping => $"{CostsTable.Heading(grouping)} {key.GetText(grouping) ?? "(none)"}"));
            yield return LineOf(name.Length == 0 ? "total" : name, [.. _units.Select(unit => Amount(key, unit))]);
        }

        if (listed < _keys.Length)
        {
            SpendKey[] rest = _keys[listed..];
            yield return LineOf($"{rest.Length} others", [.. _units.Select(unit => rest.Sum(key => Amount(key, unit)))]);
        }
    }

    private (string Name, string Text, IReadOnlyList<decimal> Amounts) LineOf(string name, decimal[] amounts)
    {
        decimal most = amounts.DefaultIfEmpty().Max();
        string highest = most > 0 ? $", highest {Money.Shown(most)} ({_units[Array.IndexOf(amounts, most)].GetText(_unit!.Value)})" : "";
        return (name, $"{Money.Shown(amounts.Sum())} USD{highest}", amounts);
    }

    private decimal Amount(SpendKey key, SpendKey unit) => _amounts.GetValueOrDefault(At(key, unit));
}
