using System.Globalization;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>Operating costs and revenue as comma-separated values.</summary>
internal static class BookFiles
{
    private static readonly string[] CostColumns = ["category", "amount_usd", "period_start", "period_end", "description", "goal", "reference"];
    private static readonly string[] RevenueColumns = ["strategy", "amount_usd", "earned_at", "source", "reference"];

    public static readonly IReadOnlyList<(string Word, OperatingCostCategory Category)> Categories =
    [
        ("ai_inference", OperatingCostCategory.AiInference), ("vm", OperatingCostCategory.Vm), ("api_service", OperatingCostCategory.ApiService), ("other", OperatingCostCategory.Other),
    ];

    public static string Word(OperatingCostCategory category) => Categories.First(known => known.Category == category).Word;

    public static IEnumerable<IEnumerable<string?>> Write(IEnumerable<OperatingCost> costs) => costs
        .Select(cost => (IEnumerable<string?>)
        [
            Word(cost.Category), Money.Exact(cost.AmountUsd), Time(cost.PeriodStart), Time(cost.PeriodEnd), cost.Description, cost.Goal?.ToString(CultureInfo.InvariantCulture), cost.Reference,
        ])
        .Prepend(CostColumns);

    public static IEnumerable<IEnumerable<string?>> Write(IEnumerable<Revenue> revenue) => revenue
        .Select(earned => (IEnumerable<string?>)[earned.Strategy, Money.Exact(earned.AmountUsd), Time(earned.EarnedAt), earned.Source, earned.Reference])
        .Prepend(RevenueColumns);

    public static OperatingCost[] ReadCosts(TextReader text) => Read(text, CostColumns, row => new OperatingCost
    {
        Category = row.Choice("category", Categories),
        AmountUsd = row.Amount("amount_usd"),
        PeriodStart = row.Time("period_start"),
        PeriodEnd = row.Time("period_end"),
        Description = row.Text("description"),
        Goal = row.Number("goal"),
        Reference = row.Text("reference"),
    });

    public static Revenue[] ReadRevenue(TextReader text) => Read(text, RevenueColumns, row => new Revenue
    {
        Strategy = row.Text("strategy") ?? "",
        AmountUsd = row.Amount("amount_usd"),
        EarnedAt = row.Time("earned_at"),
        Source = row.Text("source"),
        Reference = row.Text("reference"),
    });

    private static T[] Read<T>(TextReader text, string[] columns, Func<BookRow, T> read)
    {
        (int Line, string[] Cells)[] rows = [.. Csv.Read(text)];
        string[] header = rows.Length == 0 ? [] : [.. rows[0].Cells.Select(cell => cell.Trim().TrimStart('\uFEFF').ToLowerInvariant())];
        string[] unknown = [.. header.Except(columns)];
        if (header.Length == 0 || unknown.Length > 0 || header.Distinct().Count() < header.Length)
        {
            throw new UsageException($"The first line has to name the columns, each once: {string.Join(", ", columns)}. {(unknown.Length > 0 ? $"Not known: {string.Join(", ", unknown)}." : "")}");
        }

        List<string> faults = [];
        T[] entries = [.. rows.Skip(1).Select(row => read(new BookRow(row.Line, header, row.Cells, faults)))];
        return faults.Count > 0 ? throw new UsageException($"{string.Join(" ", faults)} Nothing was recorded.")
            : entries.Length == 0 ? throw new UsageException("There is no line after the one that names the columns.")
            : entries;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}
