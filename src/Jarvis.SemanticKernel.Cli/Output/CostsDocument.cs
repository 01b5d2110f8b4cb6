namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>The costs are exact. A key that is missing from a line's keys is one that its calls have not.</summary>
internal sealed record CostsDocument(
    string Database, DateTimeOffset From, DateTimeOffset To, string TimeZone, IEnumerable<string> By, IEnumerable<CostsLineDocument> Lines, CostsLineDocument Total,
    CostsLineDocument? Rest, int RestCount, bool FromRawRows, CostsDocument? Previous)
{
    public static CostsDocument Of(string database, SpendReport report) => new(
        database,
        report.Query.From,
        report.Query.To,
        report.Query.TimeZone.Id,
        report.Query.GroupBy.Select(Word),
        report.Lines.Select(line => Line(report.Query, line)),
        Line(report.Query, report.Total),
        report.Rest is null ? null : Line(report.Query, report.Rest),
        report.RestCount,
        report.IsFromRawRows,
        report.Previous is null ? null : Of(database, report.Previous));

    private static CostsLineDocument Line(SpendQuery query, SpendLine line) => new(
        query.GroupBy.Where(grouping => line.Key.GetText(grouping) is not null).ToDictionary(Word, grouping => line.Key.GetText(grouping)!),
        line.CostUsd, line.Calls, line.FailedCalls, line.UnresolvedCalls, line.PromptTokens, line.CompletionTokens, line.CachedTokens, line.ReasoningTokens,
        line.Latency?.P50.TotalMilliseconds, line.Latency?.P95.TotalMilliseconds, line.Latency?.P99.TotalMilliseconds);

    private static string Word(SpendGrouping grouping) => grouping == SpendGrouping.CostSource ? "source" : grouping.ToString().ToLowerInvariant();
}

internal sealed record CostsLineDocument(
    IReadOnlyDictionary<string, string> Keys, decimal CostUsd, long Calls, long FailedCalls, long UnresolvedCalls, long PromptTokens, long CompletionTokens, long CachedTokens,
    long ReasoningTokens, double? P50Milliseconds, double? P95Milliseconds, double? P99Milliseconds);
