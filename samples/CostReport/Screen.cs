using System.Globalization;
using Jarvis.SemanticKernel;
using Spectre.Console;

namespace CostReportSample;

/// <summary>All that this program prints.</summary>
internal static class Screen
{
    private static readonly IAnsiConsole Out = AnsiConsole.Console;

    public static void Title(string text) => Out.Write(new Rule($"[bold]{text.EscapeMarkup()}[/]").LeftJustified().RuleStyle("grey"));

    public static void Text(string text) => Out.MarkupLineInterpolated($"{text}");

    public static void Spend(SpendReport report, SpendGrouping by)
    {
        Table table = Table(by.ToString(), "USD", "calls", "unknown", "tokens in", "out");
        foreach (SpendLine line in report.Lines)
        {
            table.AddRow(Row(line.Key.GetText(by) ?? "(none)", line));
        }

        table.AddRow(Row("total", report.Total));
        Out.Write(table);
    }

    public static void Chart(SpendReport report, SpendGrouping by)
    {
        BarChart chart = new() { Width = 72, ShowValues = true, Culture = CultureInfo.InvariantCulture };

        // A report has no line for a week without calls.
        foreach (SpendKey unit in report.Query.GetUnits())
        {
            decimal cost = report.Lines.FirstOrDefault(line => line.Key == unit)?.CostUsd ?? 0;
            chart.AddItem(unit.GetText(by)!, (double)decimal.Round(cost, 2), Color.Blue);
        }

        Out.Write(chart);
    }

    public static void Profit(ProfitAndLossReport report)
    {
        Table table = Table("goal", "earned", "models", "other costs", "left");
        foreach (ProfitAndLossLine line in report.Lines)
        {
            table.AddRow(Row(line.Goal?.ToString(CultureInfo.InvariantCulture) ?? "(not allocated)", line));
        }

        table.AddRow(Row("total", report.Total));
        Out.Write(table);
    }

    // The names give way on a narrow terminal, the figures never do.
    private static Table Table(string name, params string[] figures)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn(new TableColumn(name) { Padding = new Padding(0, 0) });
        table.AddColumns([.. figures.Select(figure => new TableColumn(figure) { Alignment = Justify.Right, NoWrap = true, Padding = new Padding(1, 0, 0, 0) })]);
        return table;
    }

    private static IEnumerable<Text> Row(string name, SpendLine line) =>
        Row(name, Usd(line.CostUsd), Number(line.Calls), Number(line.UnresolvedCalls), Number(line.PromptTokens), Number(line.CompletionTokens));

    private static IEnumerable<Text> Row(string name, ProfitAndLossLine line) => Row(name, Usd(line.RevenueUsd), Usd(line.AiSpendUsd), Usd(line.OperatingCostsUsd), Usd(line.NetUsd));

    private static IEnumerable<Text> Row(string name, params string[] figures) =>
        [new Text(name) { Overflow = Overflow.Ellipsis }, .. figures.Select(figure => new Text(figure) { Justification = Justify.Right })];

    private static string Usd(decimal amount) => amount.ToString("0.00####", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
