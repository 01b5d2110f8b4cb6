using System.Globalization;
using System.Text;

namespace Jarvis.SemanticKernel.Benchmarks.Report;

/// <summary>A table in Markdown. The first column is the name of the row.</summary>
internal sealed class Table(string title, params string[] columns)
{
    private readonly StringBuilder _rows = new();

    public Table Add(string name, params FormattableString[] cells)
    {
        _rows.Append(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", cells.Select(FormattableString.Invariant))} |\n");
        return this;
    }

    public override string ToString() =>
        $"{(title.Length > 0 ? $"**{title}**\n\n" : string.Empty)}| | {string.Join(" | ", columns)} |\n|---|{string.Concat(Enumerable.Repeat("---|", columns.Length))}\n{_rows}";
}
