using System.Globalization;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>A spend report for people, and as values.</summary>
internal static class CostsTable
{
    public static string Name(SpendQuery query, SpendKey key) => string.Join(" · ", query.GroupBy.Select(grouping => key.GetText(grouping) ?? "(none)"));

    public static string Heading(SpendGrouping grouping) => grouping == SpendGrouping.CostSource ? "source" : grouping.ToString().ToLowerInvariant();

    public static void Period(Terminal screen, SpendQuery query) => screen.Fact("period", $"{Terminal.Time(query.From)} to {Terminal.Time(query.To)}");

    public static void Show(Terminal screen, SpendReport report)
    {
        SpendQuery query = report.Query;
        bool isPiped = screen.IsPiped;

        // A person has more of the room than of columns of zeroes.
        bool hasFailed = isPiped || report.Total.FailedCalls > 0;
        bool hasUnknown = isPiped || report.Total.UnresolvedCalls > 0;
        bool hasDetails = isPiped || (screen.IsWide && report.Total.CachedTokens + report.Total.ReasoningTokens > 0);
        string[] headings =
        [
            .. query.GroupBy.Select(grouping => Heading(grouping)), "USD", .. Of(query.WithPrevious, "before"), "calls", .. Of(hasFailed, "failed"), .. Of(hasUnknown, "unknown"), "in", "out",
            .. Of(hasDetails, "cached", "reasoning"), .. Of(query.WithLatency, "p50 ms", "p95 ms", "p99 ms"),
        ];
        Period(screen, query);
        List<string[]> sums = report.Rest is { } rest ? [Row(Title($"{report.RestCount} others"), rest, before: null)] : [];
        sums.Add(Row(Title("total"), report.Total, report.Previous?.Total));
        Dictionary<SpendKey, SpendLine> before = report.Previous?.Lines.ToDictionary(line => line.Key) ?? [];
        screen.Figures(headings, query.GroupBy.Count, report.Lines.Select(line => Row([.. query.GroupBy.Select(grouping => line.Key.GetText(grouping) ?? "(none)")], line, before.GetValueOrDefault(line.Key))), sums);
        Notes(screen, report);

        string[] Title(string text) => query.GroupBy.Count == 0 ? [] : [text, .. Enumerable.Repeat("", query.GroupBy.Count - 1)];

        string[] Row(string[] key, SpendLine line, SpendLine? before) =>
        [
            .. key, Usd(line.CostUsd), .. Of(query.WithPrevious, before is null ? "" : Usd(before.CostUsd)), Number(line.Calls), .. Of(hasFailed, Number(line.FailedCalls)), .. Of(hasUnknown, Number(line.UnresolvedCalls)),
            Number(line.PromptTokens), Number(line.CompletionTokens), .. Of(hasDetails, Number(line.CachedTokens), Number(line.ReasoningTokens)),
            .. Of(query.WithLatency, Time(line.Latency?.P50), Time(line.Latency?.P95), Time(line.Latency?.P99)),
        ];

        string Usd(decimal amount) => isPiped ? Money.Exact(amount) : Money.Shown(amount);

        string Number(long number) => isPiped ? number.ToString(CultureInfo.InvariantCulture) : Terminal.Count(number);
    }

    public static void Notes(Terminal screen, SpendReport report)
    {
        if (report.Total.UnresolvedCalls > 0)
        {
            screen.Fact("unknown", $"{report.Total.UnresolvedCalls} calls may have cost something that nobody knows yet; see 'jarvis costs reconcile'");
        }

        if (report.Previous is { } previous)
        {
            screen.Fact("before", $"{Terminal.Time(previous.Query.From)} to {Terminal.Time(previous.Query.To)}: {Money.Exact(previous.Total.CostUsd)} USD");
        }
    }

    public static IEnumerable<IEnumerable<string?>> Csv(SpendReport report) =>
        report.Lines.Select(line => (IEnumerable<string?>)
            [
                .. report.Query.GroupBy.Select(line.Key.GetText), Money.Exact(line.CostUsd), .. Numbers(line).Select(number => number.ToString(CultureInfo.InvariantCulture)),
                .. Of(report.Query.WithLatency, Time(line.Latency?.P50), Time(line.Latency?.P95), Time(line.Latency?.P99)),
            ])
            .Prepend(
            [
                .. report.Query.GroupBy.Select(Heading), "cost_usd", "calls", "failed_calls", "unresolved_calls", "prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens",
                .. Of(report.Query.WithLatency, "p50_ms", "p95_ms", "p99_ms"),
            ]);

    private static long[] Numbers(SpendLine line) =>
        [line.Calls, line.FailedCalls, line.UnresolvedCalls, line.PromptTokens, line.CompletionTokens, line.CachedTokens, line.ReasoningTokens];

    private static string[] Of(bool isWanted, params string[] cells) => isWanted ? cells : [];

    private static string Time(TimeSpan? time) => time?.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) ?? "";
}
