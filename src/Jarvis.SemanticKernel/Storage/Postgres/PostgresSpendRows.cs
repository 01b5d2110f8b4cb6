using Jarvis.SemanticKernel.Costs;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>Where the figures of a report come from, in SQL: kept sums for the whole hours of a period and the calls themselves for its ends, or the calls alone.</summary>
internal sealed class PostgresSpendRows
{
    private const string Figures = "calls, failed, unresolved, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost_usd";

    private const string Kept = $"SELECT hour AS at, tier, model, provider, cost_source, {Figures} FROM jarvis.";

    private const string KeptInTotal = $"SELECT hour AS at, NULL AS tier, NULL AS model, NULL AS provider, NULL AS cost_source, {Figures} FROM jarvis.";

    // What the details do not know is asked for one call at a time: hardly any call needs it, and a join would read all of ai_calls.
    private const string Details =
        """
        SELECT d.started_at AS at, d.tier, coalesce(d.model, d.requested_model) AS model, d.provider, d.cost_source,
               coalesce(d.goal_id, (SELECT a.goal_id FROM ai_calls a WHERE a.id = d.ai_call_id)) AS goal_id, d.agent, d.run_id, d.function, d.latency_ms,
               1 AS calls, (d.status <> 'ok')::int AS failed, jarvis.is_unresolved(d.cost_source, d.http_status, d.generation_id, d.status, d.error, d.cost_usd_exact)::int AS unresolved,
               coalesce(d.prompt_tokens, (SELECT a.prompt_tokens FROM ai_calls a WHERE a.id = d.ai_call_id), 0) AS prompt_tokens,
               coalesce(d.completion_tokens, (SELECT a.completion_tokens FROM ai_calls a WHERE a.id = d.ai_call_id), 0) AS completion_tokens,
               coalesce(d.cached_tokens, 0) AS cached_tokens, coalesce(d.reasoning_tokens, 0) AS reasoning_tokens,
               coalesce(jarvis.finite(coalesce(d.cost_usd_exact, (SELECT a.cost_usd FROM ai_calls a WHERE a.id = d.ai_call_id))), 0) AS cost_usd
        FROM jarvis.call_details d
        """;

    // Rows that nobody's details stand for. Found in a table of ours, because there may be no index on ai_calls; it lists too much rather than too little.
    private const string Others =
        """
        SELECT a.created_at AT TIME ZONE 'UTC' AS at, a.tier, a.model, NULL::text AS provider, NULL::text AS cost_source,
               a.goal_id, NULL::text AS agent, NULL::text AS run_id, NULL::text AS function, NULL::int AS latency_ms,
               1 AS calls, 0 AS failed, (jarvis.finite(a.cost_usd) IS NULL)::int AS unresolved, a.prompt_tokens, a.completion_tokens, 0 AS cached_tokens, 0 AS reasoning_tokens,
               coalesce(jarvis.finite(a.cost_usd), 0) AS cost_usd
        FROM ai_calls a WHERE NOT EXISTS (SELECT FROM jarvis.call_details d WHERE d.ai_call_id = a.id)
        """;

    private readonly SpendReading _reading;
    private readonly Func<DateTimeOffset, string> _instant;
    private readonly Func<int, string> _number;

    public PostgresSpendRows(SpendReading reading, Func<DateTimeOffset, string> instant, Func<int, string> number)
    {
        (_reading, _instant, _number) = (reading, instant, number);
        DateTimeOffset from = Ceiling(reading.From, TimeSpan.TicksPerHour);
        DateTimeOffset to = Floor(reading.To, TimeSpan.TicksPerHour);
        IsFromRawRows = from >= to || reading.WithLatency || !reading.GroupBy.All(IsKept) || !HasKeptFilter(reading.Filter) || !reading.Bounds.All(IsStart(TimeSpan.TicksPerHour));
        Sql = IsFromRawRows ? Calls((reading.From, reading.To)) : Sums(from, to);
    }

    public bool IsFromRawRows { get; }

    public string With { get; private set; } = "";

    public string Sql { get; }

    /// <summary>Rows that each are a line of the report by themselves, so that nothing is left to add up, in the columns of <see cref="Sql"/>.</summary>
    public string? Lines { get; private set; }

    private static bool IsKept(SpendGrouping grouping) =>
        grouping is not (SpendGrouping.Goal or SpendGrouping.Agent or SpendGrouping.Run or SpendGrouping.Function);

    private static bool HasKeptFilter(SpendFilter filter) => filter is { Goal: null, Agent: null, Run: null, Function: null };

    private static Func<DateTimeOffset, bool> IsStart(long unit) => instant => instant.UtcTicks % unit == 0;

    private static DateTimeOffset Floor(DateTimeOffset instant, long unit) => new(instant.UtcTicks - (instant.UtcTicks % unit), TimeSpan.Zero);

    // Never beyond the last whole unit that there is.
    private static DateTimeOffset Ceiling(DateTimeOffset instant, long unit) =>
        instant.UtcTicks % unit == 0 ? instant : new DateTimeOffset(Math.Min(instant.UtcTicks - (instant.UtcTicks % unit) + unit, Floor(DateTimeOffset.MaxValue, unit).UtcTicks), TimeSpan.Zero);

    private static (DateTimeOffset From, DateTimeOffset To)[] Filled(params (DateTimeOffset From, DateTimeOffset To)[] periods) => Array.FindAll(periods, period => period.From < period.To);

    private string Sums(DateTimeOffset from, DateTimeOffset to)
    {
        // The sums of days serve where a day is not cut into hours.
        DateTimeOffset firstDay = Ceiling(from, TimeSpan.TicksPerDay);
        DateTimeOffset lastDay = Floor(to, TimeSpan.TicksPerDay);
        bool hasDays = firstDay < lastDay && _reading.Bounds.All(IsStart(TimeSpan.TicksPerDay));
        With = $"WITH open AS ({Kept}spend_open WHERE {Between("hour", (from, to))})";
        List<string> parts = ["SELECT * FROM open"];
        if (hasDays)
        {
            parts.Add(Kept + "spend_rollup_days WHERE " + Between("hour", (firstDay, lastDay)));
        }

        // Both ends of the period in one part, because the server takes longer to plan a part than to read it.
        if (Filled((from, hasDays ? firstDay : to), (hasDays ? lastDay : to, to)) is { Length: > 0 } hours)
        {
            string sums = (_reading.IsByTimeAlone ? KeptInTotal + "spend_rollup_totals" : Kept + "spend_rollup") + " WHERE " + Between("hour", hours);
            if (_reading.IsByHourAlone)
            {
                // The sum of an hour is a line as it stands, unless something of that hour is not folded yet.
                Lines = sums + " AND hour NOT IN (SELECT at FROM open)";
                sums += " AND hour IN (SELECT at FROM open)";
            }

            parts.Add(sums);
        }

        if (Filled((_reading.From, from), (to, _reading.To)) is { Length: > 0 } broken)
        {
            parts.Add($"SELECT at, tier, model, provider, cost_source, {Figures} FROM ({Calls(broken)}) calls");
        }

        return string.Join("\nUNION ALL\n", parts);
    }

    private string Calls(params (DateTimeOffset From, DateTimeOffset To)[] periods)
    {
        string details = $"{Details} WHERE {Between("d.started_at", periods)}";
        string others = $"{Others} AND {BetweenUtc("a.created_at", periods)}";
        string candidates = $"a.id IN (SELECT o.ai_call_id FROM jarvis.other_calls o WHERE {BetweenUtc("o.created_at", periods)}";
        if (_reading.Filter.Goal is not { } goal)
        {
            return $"{details}\nUNION ALL\n{others} AND {candidates})";
        }

        // By index: the details of the goal, the rows of others that have the goal, and details without a goal whose row has it.
        string id = _number(goal);
        return $"""
            {details} AND d.goal_id = {id}
            UNION ALL
            {details} AND d.goal_id IS NULL AND d.ai_call_id IN (
              SELECT a.id FROM ai_calls a WHERE a.goal_id = {id} AND a.id IN (SELECT o.ai_call_id FROM jarvis.other_calls o WHERE o.goal_id = {id}))
            UNION ALL
            {others} AND {candidates} AND o.goal_id = {id})
            """;
    }

    private string Between(string column, params (DateTimeOffset From, DateTimeOffset To)[] periods) =>
        $"({string.Join(" OR ", periods.Select(period => $"{column} >= {_instant(period.From)} AND {column} < {_instant(period.To)}"))})";

    private string BetweenUtc(string column, (DateTimeOffset From, DateTimeOffset To)[] periods) =>
        $"({string.Join(" OR ", periods.Select(period => $"{column} >= {_instant(period.From)} AT TIME ZONE 'UTC' AND {column} < {_instant(period.To)} AT TIME ZONE 'UTC'"))})";
}
