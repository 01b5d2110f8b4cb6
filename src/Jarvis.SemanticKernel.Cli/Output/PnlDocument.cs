namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>The amounts are exact; parts of operating costs to 18 decimal places.</summary>
internal sealed record PnlDocument(string Database, DateTimeOffset From, DateTimeOffset To, string? By, IEnumerable<PnlLineDocument> Lines, PnlLineDocument Total)
{
    public static PnlDocument Of(string database, ProfitAndLossReport report) => new(
        database, report.Query.From, report.Query.To, report.Query.By?.ToString().ToLowerInvariant(), report.Lines.Select(Line), Line(report.Total));

    private static PnlLineDocument Line(ProfitAndLossLine line) =>
        new(line.Goal, line.Strategy, line.RevenueUsd, line.AiSpendUsd, line.OperatingCostsUsd, line.OtherInferenceUsd, line.NetUsd, line.UnresolvedCalls);
}

internal sealed record PnlLineDocument(
    int? Goal, string? Strategy, decimal RevenueUsd, decimal AiSpendUsd, decimal OperatingCostsUsd, decimal OtherInferenceUsd, decimal NetUsd, long UnresolvedCalls);

internal sealed record RecordDocument(string Database, IEnumerable<int> Recorded, IEnumerable<int> Known);

internal sealed record AssignDocument(string Database, string Strategy, int Goal);

internal sealed record CostEntriesDocument(string Database, IEnumerable<CostEntryDocument> Costs);

internal sealed record CostEntryDocument(int? Id, string Category, decimal AmountUsd, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, string? Description, int? Goal, string? Reference);

internal sealed record RevenueEntriesDocument(string Database, IEnumerable<RevenueEntryDocument> Revenue);

internal sealed record RevenueEntryDocument(int? Id, string Strategy, decimal AmountUsd, DateTimeOffset EarnedAt, string? Source, string? Reference);
