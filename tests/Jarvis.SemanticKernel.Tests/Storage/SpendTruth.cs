using System.Globalization;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Tests.Storage;

/// <summary>Reports the slow way: every row of both tables, read by plain SQL and added up here.</summary>
internal sealed class SpendTruth
{
    private const string OfPostgres =
        """
        SELECT json_build_object(
          'details', (SELECT coalesce(json_agg(json_build_object('at', to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), 'link', ai_call_id, 'tier', tier,
             'model', coalesce(model, requested_model), 'provider', provider, 'source', cost_source, 'goal', goal_id, 'agent', agent, 'run', run_id, 'function', function,
             'status', status, 'http', http_status, 'generation', generation_id, 'error', error, 'prompt', prompt_tokens, 'completion', completion_tokens, 'cached', cached_tokens,
             'reasoning', reasoning_tokens, 'cost', cost_usd_exact::text, 'latency', latency_ms)), '[]') FROM jarvis.call_details),
          'others', (SELECT coalesce(json_agg(json_build_object('id', id, 'at', to_char(created_at, 'YYYY-MM-DD HH24:MI:SS.US'), 'tier', tier, 'model', model, 'goal', goal_id,
             'prompt', prompt_tokens, 'completion', completion_tokens, 'cost', cost_usd::text)), '[]') FROM ai_calls))::text
        """;

    private const string OfSqlite =
        """
        SELECT json_object(
          'details', json((SELECT json_group_array(json_object('at', started_at, 'link', ai_call_id, 'tier', tier,
             'model', coalesce(model, requested_model), 'provider', provider, 'source', cost_source, 'goal', goal_id, 'agent', agent, 'run', run_id, 'function', function,
             'status', status, 'http', http_status, 'generation', generation_id, 'error', error, 'prompt', prompt_tokens, 'completion', completion_tokens, 'cached', cached_tokens,
             'reasoning', reasoning_tokens, 'cost', coalesce(cost_usd_text, cost_usd_exact || 'e-12'), 'latency', latency_ms)) FROM jarvis_call_details)),
          'others', json((SELECT json_group_array(json_object('id', id, 'at', created_at, 'tier', tier, 'model', model, 'goal', goal_id,
             'prompt', prompt_tokens, 'completion', completion_tokens, 'cost', cost_usd || 'e-8')) FROM ai_calls)))
        """;

    private readonly Call[] _calls;

    private SpendTruth(Call[] calls) => _calls = calls;

    public static async Task<SpendTruth> ReadAsync(StorageUnderTest storage)
    {
        string json = (string)(await storage.ScalarAsync(storage.View == "jarvis.calls" ? OfPostgres : OfSqlite))!;
        using var document = JsonDocument.Parse(json);
        Row[] others = [.. document.RootElement.GetProperty("others").EnumerateArray().Select(row => new Row(row.Clone()))];
        Row[] details = [.. document.RootElement.GetProperty("details").EnumerateArray().Select(row => new Row(row.Clone()))];
        var byId = others.ToDictionary(row => row.Int("id")!.Value);
        HashSet<int> named = [.. details.Select(row => row.Int("link")).OfType<int>()];
        return new SpendTruth(
        [
            .. details.Select(row => Call.From(row, row.Int("link") is { } link ? byId.GetValueOrDefault(link) : null)),
            .. others.Where(row => !named.Contains(row.Int("id")!.Value)).Select(Call.FromOther),
        ]);
    }

    /// <summary>The lines of the report, in no order.</summary>
    public IReadOnlyList<SpendLine> Lines(SpendQuery query) =>
        [.. Counted(query).GroupBy(call => KeyOf(call, query)).Select(calls => Sum(calls, query) with { Key = calls.Key })];

    public SpendLine Total(SpendQuery query) => Sum(Counted(query), query);

    private static SpendLine Sum(IEnumerable<Call> calls, SpendQuery query)
    {
        Call[] all = [.. calls];
        int[] latencies = [.. all.Select(call => call.LatencyMs).OfType<int>().Order()];
        TimeSpan Rank(double share) => TimeSpan.FromMilliseconds(latencies[(int)Math.Ceiling(share * latencies.Length) - 1]);
        return new SpendLine
        {
            Calls = all.Length,
            FailedCalls = all.Count(call => call.IsFailed),
            UnresolvedCalls = all.Count(call => call.IsUnresolved),
            PromptTokens = all.Sum(call => call.Prompt),
            CompletionTokens = all.Sum(call => call.Completion),
            CachedTokens = all.Sum(call => call.Cached),
            ReasoningTokens = all.Sum(call => call.Reasoning),
            CostUsd = all.Sum(call => call.CostUsd ?? 0),
            Latency = query.WithLatency && latencies.Length > 0 ? new SpendLatency { Calls = latencies.Length, P50 = Rank(0.5), P95 = Rank(0.95), P99 = Rank(0.99) } : null,
        };
    }

    private static SpendKey KeyOf(Call call, SpendQuery query)
    {
        SpendKey key = SpendKey.None;
        foreach (SpendGrouping grouping in query.GroupBy)
        {
            key = grouping switch
            {
                SpendGrouping.Tier => key with { Tier = call.Key.Tier },
                SpendGrouping.Model => key with { Model = call.Key.Model },
                SpendGrouping.Provider => key with { Provider = call.Key.Provider },
                SpendGrouping.Goal => key with { Goal = call.Key.Goal },
                SpendGrouping.Agent => key with { Agent = call.Key.Agent },
                SpendGrouping.Run => key with { Run = call.Key.Run },
                SpendGrouping.Function => key with { Function = call.Key.Function },
                SpendGrouping.CostSource => key with { CostSource = call.Key.CostSource },
                _ => Unit(key, grouping, TimeZoneInfo.ConvertTime(call.At, query.TimeZone), query.TimeZone),
            };
        }

        return key;
    }

    // The clock's face says it, but for the hour that comes twice: there the offset does.
    private static SpendKey Unit(SpendKey key, SpendGrouping unit, DateTimeOffset local, TimeZoneInfo zone)
    {
        DateTime start = unit switch
        {
            SpendGrouping.Hour => local.DateTime.AddTicks(-(local.Ticks % TimeSpan.TicksPerHour)),
            SpendGrouping.Day => local.Date,
            SpendGrouping.Week => local.Date.AddDays(-(((int)local.DayOfWeek + 6) % 7)),
            _ => new DateTime(local.Year, local.Month, 1, 0, 0, 0, DateTimeKind.Unspecified),
        };
        DateTime end = unit switch
        {
            SpendGrouping.Hour => start.AddHours(1),
            SpendGrouping.Day => start.AddDays(1),
            SpendGrouping.Week => start.AddDays(7),
            _ => start.AddMonths(1),
        };
        return unit == SpendGrouping.Hour
            ? key with { Start = new DateTimeOffset(start, local.Offset), End = new DateTimeOffset(start, local.Offset).AddHours(1) }
            : key with { Start = new DateTimeOffset(start, zone.GetUtcOffset(start)), End = new DateTimeOffset(end, zone.GetUtcOffset(end)) };
    }

    private IEnumerable<Call> Counted(SpendQuery query) => _calls.Where(call => call.At >= query.From && call.At < query.To && call.Passes(query.Filter));

    private sealed record Call(
        DateTimeOffset At, SpendKey Key, bool IsFailed, bool IsUnresolved, long Prompt, long Completion, long Cached, long Reasoning, decimal? CostUsd, int? LatencyMs)
    {
        public static Call From(Row row, Row? billed)
        {
            bool mayBeBilled = row.Int("http") < 400 || row.Text("generation") is not null
                || (row.Int("http") is null && row.Text("status") != "error" && row.Text("error") != "failure=NeverSent");
            return new Call(
                row.At,
                new SpendKey
                {
                    Tier = row.Text("tier"),
                    Model = row.Text("model"),
                    Provider = row.Text("provider"),
                    Goal = row.Int("goal") ?? billed?.Int("goal"),
                    Agent = row.Text("agent"),
                    Run = row.Text("run"),
                    Function = row.Text("function"),
                    CostSource = Enum.Parse<CostSource>(row.Text("source")!, ignoreCase: true),
                },
                row.Text("status") != "ok",
                row.Text("source") == "unknown" && mayBeBilled,
                row.Int("prompt") ?? billed?.Int("prompt") ?? 0,
                row.Int("completion") ?? billed?.Int("completion") ?? 0,
                row.Int("cached") ?? 0,
                row.Int("reasoning") ?? 0,
                row.Money ?? billed?.Money,
                row.Int("latency"));
        }

        public static Call FromOther(Row row) => new(
            row.At,
            new SpendKey { Tier = row.Text("tier"), Model = row.Text("model"), Goal = row.Int("goal") },
            IsFailed: false,
            IsUnresolved: false,
            row.Int("prompt")!.Value,
            row.Int("completion")!.Value,
            Cached: 0,
            Reasoning: 0,
            row.Money,
            LatencyMs: null);

        public bool Passes(SpendFilter filter) =>
            (filter.Tier is null || filter.Tier == Key.Tier) && (filter.Model is null || filter.Model == Key.Model) && (filter.Provider is null || filter.Provider == Key.Provider)
            && (filter.Goal is null || filter.Goal == Key.Goal) && (filter.Agent is null || filter.Agent == Key.Agent) && (filter.Run is null || filter.Run == Key.Run)
            && (filter.Function is null || filter.Function == Key.Function) && (filter.CostSource is null || filter.CostSource == Key.CostSource);
    }

    private sealed record Row(JsonElement Values)
    {
        public DateTimeOffset At => DateTimeOffset.ParseExact(Text("at")!, "yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

        public decimal? Money => Text("cost") is { } text ? decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : null;

        public string? Text(string name) => Values.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        public int? Int(string name) => Values.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;
    }
}
