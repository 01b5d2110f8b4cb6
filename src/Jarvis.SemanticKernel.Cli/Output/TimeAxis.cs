using System.Globalization;
using System.Text;

namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>Which hours, days, weeks or months are named below a chart: those that people count by, as many as there is room for.</summary>
internal sealed class TimeAxis(IReadOnlyList<DateTimeOffset> starts, SpendGrouping unit, int columns)
{
    private const int Gap = 2;

    /// <summary>Draws the axis, and the names below it.</summary>
    public (string Line, string Names) Draw()
    {
        List<(int Column, int At, string Name)> ticks = Rules().Select(Find).FirstOrDefault(Fits) ?? Thinned(Find(Rules().Last()));
        StringBuilder line = new(new string('─', columns));
        StringBuilder names = new(new string(' ', columns));
        foreach ((int column, int at, string name) in ticks)
        {
            line[column] = '┬';
            names.Remove(at, name.Length).Insert(at, name);
        }

        return (line.ToString(), names.ToString().TrimEnd());
    }

    // From every one to the first of a year.
    private IEnumerable<(Func<DateTimeOffset, bool> IsNamed, string Format)> Rules()
    {
        if (unit == SpendGrouping.Hour)
        {
            yield return (_ => true, "HH:mm");
            yield return (start => start.Hour % 3 == 0, "HH:mm");
            yield return (start => start.Hour % 6 == 0, "HH:mm");
            yield return (start => start.Hour % 12 == 0, "HH:mm");
        }

        if (unit != SpendGrouping.Month)
        {
            yield return (BeginsADay, "MM-dd");
        }

        if (unit is SpendGrouping.Hour or SpendGrouping.Day)
        {
            yield return (start => BeginsADay(start) && start.DayOfWeek == DayOfWeek.Monday, "MM-dd");
            yield return (start => BeginsADay(start) && start.Day is 1 or 15, "MM-dd");
        }

        yield return (BeginsAMonth, unit == SpendGrouping.Week ? "MM-dd" : "yyyy-MM");
        yield return (start => BeginsAMonth(start) && start.Month % 3 == 1, unit == SpendGrouping.Week ? "yyyy-MM-dd" : "yyyy-MM");
        yield return (start => BeginsAMonth(start) && start.Month == 1, "yyyy");
    }

    // A day of which the zone skipped the beginning begins later.
    private bool BeginsADay(DateTimeOffset start) => unit != SpendGrouping.Hour || start.Hour == 0;

    private bool BeginsAMonth(DateTimeOffset start) => BeginsADay(start) && start.Day <= (unit == SpendGrouping.Week ? 7 : 1);

    private List<(int Column, int At, string Name)> Find((Func<DateTimeOffset, bool> IsNamed, string Format) rule)
    {
        List<(int Column, int At, string Name)> found = [];
        for (int i = 0; i < starts.Count; i++)
        {
            if (rule.IsNamed(starts[i]))
            {
                // A midnight among hours is a new date.
                string name = starts[i].ToString(rule.Format == "HH:mm" && starts[i].Hour == 0 ? "MM-dd" : rule.Format, CultureInfo.InvariantCulture);
                int column = LineChart.ColumnOf(i, starts.Count, columns);
                found.Add((column, Math.Max(0, Math.Min(column, columns - name.Length)), name));
            }
        }

        return found;
    }

    private static bool Fits(List<(int Column, int At, string Name)> ticks) => ticks.Zip(ticks.Skip(1)).All(pair => pair.First.At + pair.First.Name.Length + Gap <= pair.Second.At);

    private static List<(int Column, int At, string Name)> Thinned(List<(int Column, int At, string Name)> ticks)
    {
        while (!Fits(ticks))
        {
            ticks = [.. ticks.Where((_, index) => index % 2 == 0)];
        }

        return ticks;
    }
}
