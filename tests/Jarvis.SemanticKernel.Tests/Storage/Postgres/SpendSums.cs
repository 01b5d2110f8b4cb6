using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>Compares what the triggers keep with what the rows add up to, in one snapshot.</summary>
internal static class SpendSums
{
    /// <summary>One row for each difference: kept sums and rows, sums of days, of hours and of hours in total, and rows of other programs that the index of them lacks.</summary>
    public const string Differences =
        """
        WITH truth AS (
          SELECT date_trunc('hour', at, 'UTC') AS hour, tier, model, provider, cost_source, count(*)::numeric AS calls, (count(*) FILTER (WHERE status <> 'ok'))::numeric AS failed,
                 (count(*) FILTER (WHERE (cost_source = 'unknown' AND (http_status < 400 OR generation_id IS NOT NULL
                    OR (http_status IS NULL AND status <> 'error' AND error IS DISTINCT FROM 'failure=NeverSent'))) OR (call_id IS NULL AND cost_usd = 'NaN')))::numeric AS unresolved,
                 coalesce(sum(prompt_tokens), 0)::numeric AS prompt, coalesce(sum(completion_tokens), 0)::numeric AS completion,
                 coalesce(sum(cached_tokens), 0)::numeric AS cached, coalesce(sum(reasoning_tokens), 0)::numeric AS reasoning,
                 coalesce(sum(nullif(coalesce(cost_usd_exact, cost_usd), 'NaN')), 0) AS cost
          FROM jarvis.calls GROUP BY 1, 2, 3, 4, 5
        ), kept AS (
          SELECT hour, tier, model, provider, cost_source, sum(calls) AS calls, sum(failed) AS failed, sum(unresolved) AS unresolved, sum(prompt_tokens) AS prompt,
                 sum(completion_tokens) AS completion, sum(cached_tokens) AS cached, sum(reasoning_tokens) AS reasoning, sum(cost_usd) AS cost
          FROM jarvis.spend GROUP BY 1, 2, 3, 4, 5
        ), nonzero AS (
          SELECT * FROM kept WHERE (calls, failed, unresolved, prompt, completion, cached, reasoning, cost) IS DISTINCT FROM (0, 0, 0, 0, 0, 0, 0, 0)
        ), of_hours AS (
          SELECT date_trunc('day', hour, 'UTC'), tier, model, provider, cost_source, sum(calls) AS calls, sum(failed) AS failed, sum(unresolved) AS unresolved,
                 sum(prompt_tokens) AS prompt, sum(cost_usd) AS cost
          FROM jarvis.spend_rollup GROUP BY 1, 2, 3, 4, 5
        ), of_days AS (
          SELECT hour, tier, model, provider, cost_source, sum(calls) AS calls, sum(failed) AS failed, sum(unresolved) AS unresolved, sum(prompt_tokens) AS prompt, sum(cost_usd) AS cost
          FROM jarvis.spend_rollup_days GROUP BY 1, 2, 3, 4, 5
        ), added_up AS (
          SELECT hour, sum(calls) AS calls, sum(failed) AS failed, sum(unresolved) AS unresolved, sum(prompt_tokens) AS prompt, sum(completion_tokens) AS completion,
                 sum(cached_tokens) AS cached, sum(reasoning_tokens) AS reasoning, sum(cost_usd) AS cost
          FROM jarvis.spend_rollup GROUP BY 1
        )
        SELECT 'of the rows, not kept: ' || t::text FROM (SELECT * FROM truth EXCEPT SELECT * FROM nonzero) t
        UNION ALL SELECT 'kept, not of the rows: ' || k::text FROM (SELECT * FROM nonzero EXCEPT SELECT * FROM truth) k
        UNION ALL SELECT 'days: ' || d::text FROM (
          (SELECT * FROM of_days EXCEPT SELECT * FROM of_hours) UNION ALL
          (SELECT * FROM of_hours h WHERE (calls, failed, unresolved, prompt, cost) IS DISTINCT FROM (0, 0, 0, 0, 0) EXCEPT SELECT * FROM of_days)) d
        UNION ALL SELECT 'totals: ' || t::text FROM (
          (SELECT * FROM jarvis.spend_rollup_totals EXCEPT SELECT * FROM added_up) UNION ALL
          (SELECT * FROM added_up WHERE (calls, failed, unresolved, prompt, completion, cached, reasoning, cost) IS DISTINCT FROM (0, 0, 0, 0, 0, 0, 0, 0) EXCEPT SELECT * FROM jarvis.spend_rollup_totals)) t
        UNION ALL SELECT 'not indexed: ' || a::text FROM ai_calls a
        WHERE NOT EXISTS (SELECT FROM jarvis.call_details d WHERE d.ai_call_id = a.id AND (d.goal_id IS NOT NULL OR a.goal_id IS NULL))
          AND NOT EXISTS (SELECT FROM jarvis.other_calls o WHERE o.ai_call_id = a.id AND o.created_at = a.created_at AND o.goal_id IS NOT DISTINCT FROM a.goal_id)
        """;

    public static async Task AssertExactAsync(PostgresDatabase database, string after)
    {
        string? differences = await database.TextAsync($"SELECT string_agg(line, E'\\n') FROM ({Differences}) AS found (line)");
        Assert.True(string.IsNullOrEmpty(differences), $"After {after}:\n{differences}");
    }

    /// <summary>Nothing pending and nothing unfolded: the sums stand by themselves.</summary>
    public static async Task SettleAsync(PostgresDatabase database)
    {
        for (int run = 0; run < 3; run++)
        {
            Assert.Equal(true, await database.ScalarAsync("SELECT jarvis.compact_spend()"));
        }
    }
}
