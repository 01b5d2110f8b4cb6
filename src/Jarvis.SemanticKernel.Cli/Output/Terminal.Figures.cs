using System.Globalization;
using Spectre.Console;

namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>Figures, in tables and as bars.</summary>
internal sealed partial class Terminal
{
    private const int WideColumns = 110;
    private const int WidestLabel = 40;
    private const int NarrowestBar = 10;

    /// <summary>Gets a value indicating whether there is room for all columns, as there always is in a pipe.</summary>
    public bool IsWide => _isPiped || _console.Profile.Width >= WideColumns;

    public bool IsPiped => _isPiped;

    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Prints rows of names and then of figures, the last rows set apart as sums; into a pipe as columns with tabs between them, sums included.</summary>
    public void Figures(string[] headings, int names, IEnumerable<string[]> rows, IEnumerable<string[]> sums)
    {
        if (_isPiped)
        {
            foreach (string[] row in rows.Concat(sums))
            {
                _writer.WriteLine(string.Join('\t', row.Select(Printable)));
            }

            return;
        }

        Table table = new() { Border = TableBorder.Simple };
        for (int column = 0; column < headings.Length; column++)
        {
            table.AddColumn(new TableColumn(new Text(headings[column], new Style(decoration: Decoration.Bold)))
            {
                NoWrap = column >= names,
                Alignment = column < names ? Justify.Left : Justify.Right,
                Padding = new Padding(0, 0, column < headings.Length - 1 ? 2 : 0, 0),
            });
        }

        foreach (string[] row in rows)
        {
            table.AddRow(row.Select((cell, column) => Cell(cell, column, Style.Plain)));
        }

        foreach (string[] row in sums)
        {
            table.AddRow(row.Select((cell, column) => Cell(cell, column, new Style(decoration: Decoration.Bold))));
        }

        _console.Write(table);

        Text Cell(string cell, int column, Style style) =>
            new(Printable(cell), style) { Overflow = Overflow.Ellipsis, Justification = column < names ? Justify.Left : Justify.Right };
    }

    /// <summary>Prints a bar for each amount, to the left of zero for those below it; into a pipe the amounts.</summary>
    public void Bars(IReadOnlyList<(string Label, decimal Amount, string Shown)> bars)
    {
        if (_isPiped)
        {
            foreach ((string label, decimal amount, _) in bars)
            {
                _writer.WriteLine($"{Printable(label)}\t{Money.Exact(amount)}");
            }

            return;
        }

        if (bars.Count == 0)
        {
            return;
        }

        int shown = bars.Max(bar => bar.Shown.Length);
        int room = _console.Profile.Width - shown - 4;
        int names = Math.Max(1, Math.Min(Math.Min(WidestLabel, room - NarrowestBar), bars.Max(bar => Printable(bar.Label).Length)));
        int width = Math.Max(1, room - names);
        decimal most = Math.Max(0, bars.Max(bar => bar.Amount));
        decimal least = Math.Min(0, bars.Min(bar => bar.Amount));
        decimal span = most - least;
        int left = span == 0 ? 0 : (int)decimal.Ceiling(-least / span * width);
        foreach ((string text, decimal amount, string figure) in bars)
        {
            Put(Shortened(Printable(text), names).PadRight(names), "default");
            _writer.Write(' ');
            string bar = span == 0 ? "" : Bar(decimal.Abs(amount) / span * width);
            bool isLoss = amount < 0;
            bar = bar.Length > (isLoss ? left : width - left) ? bar[..(isLoss ? left : width - left)] : bar;
            Put(isLoss ? bar.PadLeft(left) : new string(' ', left) + bar, isLoss ? "red" : "blue");
            _writer.WriteLine(figure.PadLeft(width - (isLoss ? left : left + bar.Length) + shown + 1));
        }
    }

    // In eighths of a character, and never nothing where there is something.
    private static string Bar(decimal characters)
    {
        int eighths = Math.Max(characters > 0 ? 1 : 0, (int)decimal.Round(characters * 8));
        return new string('█', eighths / 8) + (eighths % 8 == 0 ? "" : "▏▎▍▌▋▊▉"[(eighths % 8) - 1].ToString());
    }
}
