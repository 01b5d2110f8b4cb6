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
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumns(new TableColumn(by.ToString()), Right("USD"), Right("calls"), Right("failed"), Right("cost unknown"), Right("tokens in"), Right("tokens out"));
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
        foreach (SpendLine line in report.Lines)
        {
            chart.AddItem(line.Key.GetText(by) ?? "(none)", (double)decimal.Round(line.CostUsd, 2), Color.Blue);
        }

        Out.Write(chart);
    }

    public static void Profit(ProfitAndLossReport report)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumns(new TableColumn("goal"), Right("earned"), Right("models"), Right("other costs"), Right("left"));
        foreach (ProfitAndLossLine line in report.Lines)
        {
            table.AddRow(Row(line.Goal?.ToString(CultureInfo.InvariantCulture) ?? "(not allocated)", line));
        }

        table.AddRow(Row("total", report.Total));
        Out.Write(table);
    }

    private static string[] Row(string name, SpendLine line) =>
        [name, Usd(line.CostUsd), Number(line.Calls), Number(line.FailedCalls), Number(line.UnresolvedCalls), Number(line.PromptTokens), Number(line.CompletionTokens)];

    private static string[] Row(string name, ProfitAndLossLine line) => [name, Usd(line.RevenueUsd), Usd(line.AiSpendUsd), Usd(line.OperatingCostsUsd), Usd(line.NetUsd)];

    private static TableColumn Right(string name) => new TableColumn(name).RightAligned();

    private static string Usd(decimal amount) => amount.ToString("0.00####", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
