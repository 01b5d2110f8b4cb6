namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>Amounts over time, as lines.</summary>
internal sealed partial class Terminal
{
    // With these the ticks of two, three or four steps are equally far apart.
    private const int RowsOfOne = 13;
    private const int RowsOfMany = 7;

    /// <summary>Draws a line for each name, one below the other and on the same scale, so that they are told apart without colours too.</summary>
    public void Lines(IReadOnlyList<(string Name, string Text, IReadOnlyList<decimal> Amounts)> lines, IReadOnlyList<DateTimeOffset> starts, SpendGrouping unit)
    {
        if (lines.Count == 0)
        {
            return;
        }

        int rows = lines.Count == 1 ? RowsOfOne : RowsOfMany;
        AmountAxis axis = AmountAxis.Of(lines.SelectMany(line => line.Amounts).DefaultIfEmpty().Max(), lines.Count == 1 ? 4 : 3);
        Dictionary<int, string> labels = axis.Ticks.ToDictionary(tick => LineChart.RowOf(tick, axis.Top, rows), axis.Label);
        int margin = labels.Values.Max(label => label.Length);
        int columns = Math.Max(NarrowestBar, _console.Profile.Width - margin - 3);
        (string ground, string names) = new TimeAxis(starts, unit, columns).Draw();
        foreach ((string name, string text, IReadOnlyList<decimal> amounts) in lines)
        {
            string title = Shortened(Printable(name), WidestLabel) + ": ";
            Put(title, "bold");
            Wrapped(title.Length, text, "default");
            string[] drawn = LineChart.Draw(amounts, axis.Top, columns, rows);
            for (int row = 0; row < rows; row++)
            {
                Put((labels.GetValueOrDefault(row) ?? "").PadLeft(margin) + (labels.ContainsKey(row) ? " ┤" : " │"), "default");
                Put(drawn[row].TrimEnd(), "blue");
                _writer.WriteLine();
            }

            _writer.WriteLine($"{new string(' ', margin)} └{ground}");
        }

        _writer.WriteLine($"{new string(' ', margin + 2)}{names}".TrimEnd());
    }

    private static string Shortened(string text, int length) => text.Length > length ? text[..(length - 1)] + "…" : text;
}
