using System.Globalization;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>Random statements of everybody who may write to the two tables, on few rows, so that they meet.</summary>
internal sealed class SpendStatements(Random random)
{
    private const string Append =
        """
        WITH incoming AS MATERIALIZED (
          SELECT gen_random_uuid() AS call_id, $at AS started_at, (ARRAY['strong', 'mid'])[1 + i % 2] AS tier, (i * 0.00001234567)::numeric AS cost,
                 CASE WHEN i % 4 > 0 THEN nextval('ai_calls_id_seq')::int END AS ai_call_id, i
          FROM generate_series(1, $count) i WHERE (SELECT set_config('jarvis.ledger', $pairs, true)) IS NOT NULL
        ), added AS (
          INSERT INTO jarvis.call_details (call_id, ai_call_id, started_at, latency_ms, tier, requested_model, model, provider, status, prompt_tokens, completion_tokens, cost_usd_exact,
            cost_source, streamed, attempt, goal_id)
          SELECT call_id, ai_call_id, started_at, 5, tier, 'm/a', 'm/a', 'P', 'ok', 100 + i, 20, CASE WHEN ai_call_id IS NOT NULL THEN cost END,
            CASE WHEN ai_call_id IS NOT NULL THEN 'reported' ELSE 'unknown' END, true, 1, i % 3
          FROM incoming RETURNING call_id, ai_call_id
        )
        INSERT INTO ai_calls (id, model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at) OVERRIDING SYSTEM VALUE
        SELECT added.ai_call_id, 'm/a', i.tier, 100 + i.i, 20, round(i.cost, 8), i.i % 3, i.started_at AT TIME ZONE 'UTC'
        FROM added JOIN incoming i ON i.call_id = added.call_id WHERE added.ai_call_id IS NOT NULL
        """;

    // As reconciliation does: both tables in one statement.
    private const string Correct =
        """
        WITH before AS MATERIALIZED (
          SELECT d.*, coalesce(d.ai_call_id, nextval('ai_calls_id_seq')::int) AS billed_id FROM jarvis.call_details d
          WHERE call_id IN (SELECT call_id FROM jarvis.call_details WHERE $which LIMIT 1 FOR UPDATE SKIP LOCKED)
        ), details AS (
          UPDATE jarvis.call_details d SET ai_call_id = b.billed_id, cost_source = 'reconciled', cost_usd_exact = 0.77, prompt_tokens = 9 FROM before b WHERE d.call_id = b.call_id
        ), added AS (
          INSERT INTO ai_calls (id, model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at) OVERRIDING SYSTEM VALUE
          SELECT billed_id, coalesce(model, requested_model), tier, 9, coalesce(completion_tokens, 0), 0.77, goal_id, started_at AT TIME ZONE 'UTC' FROM before WHERE ai_call_id IS NULL
        )
        UPDATE ai_calls a SET prompt_tokens = 9, cost_usd = 0.77 FROM before b WHERE a.id = b.ai_call_id
        """;

    private string At => OneOf("timestamptz '2026-07-01 22:10Z'", "timestamptz '2026-07-01 23:50Z'", "timestamptz '2026-07-02 00:10Z'");

    private string Cost => OneOf("0.1", "0.0076509169000000005", "4e-9", "0", "-0.5", "12.000000005");

    private string Goal => OneOf("NULL", "1", "2");

    private string Tier => OneOf("'mid'", "'cheap'");

    private string Id => random.Next(1, 30).ToString(CultureInfo.InvariantCulture);

    /// <summary>A transaction, or one statement that is its own.</summary>
    public IReadOnlyList<string> Next()
    {
        if (random.Next(3) > 0)
        {
            return [Statement()];
        }

        List<string> statements = [OneOf("BEGIN", "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN ISOLATION LEVEL SERIALIZABLE")];
        for (int count = random.Next(1, 5); count > 0; count--)
        {
            statements.AddRange(random.Next(5) == 0 ? ["SAVEPOINT here", Statement(), OneOf("ROLLBACK TO here", "RELEASE here")] : [Statement()]);
        }

        statements.Add(OneOf("COMMIT", "COMMIT", "ROLLBACK"));
        return statements;
    }

    private string Statement() => random.Next(20) switch
    {
        < 4 => AppendBatch(OneOf("''", "'few'", "'many'")),

        // The same with a row of somebody else in the statement.
        4 => $"{AppendBatch("''")} UNION ALL SELECT nextval('ai_calls_id_seq')::int, 'm/x', 'mid', 1, 1, 0.5, 1, {At} AT TIME ZONE 'UTC'",
        5 => AddOther($"nextval('ai_calls_id_seq')::int"),
        6 => $"{AddOther(Id)} ON CONFLICT DO NOTHING",
        7 => AddDetails(OneOf("NULL", Id)),
        8 or 9 => ChangeOther(),
        10 or 11 or 12 => ChangeDetails(),
        13 => $"DELETE FROM ai_calls WHERE {Some("id")}",
        14 => $"DELETE FROM jarvis.call_details WHERE {Some("ai_call_id")}",
        15 => Correct.Replace("$which", OneOf("ai_call_id IS NULL", Some("ai_call_id")), StringComparison.Ordinal),
        16 => $"WITH a AS (DELETE FROM ai_calls WHERE {Some("id")} RETURNING id) DELETE FROM jarvis.call_details WHERE ai_call_id IN (SELECT id FROM a)",
        17 => $"WITH d AS (DELETE FROM jarvis.call_details WHERE {Some("ai_call_id")} RETURNING ai_call_id) DELETE FROM ai_calls WHERE id IN (SELECT ai_call_id FROM d)",
        18 => $"WITH o AS ({OneOf(ChangeDetails(), ChangeOther())}), p AS ({AddDetails(Id)}) {AddOther("nextval('ai_calls_id_seq')::int")}",
        _ => "SELECT jarvis.compact_spend()",
    };

    private string AppendBatch(string pairs) => Append.Replace("$at", At, StringComparison.Ordinal).Replace("$pairs", pairs, StringComparison.Ordinal)
        .Replace("$count", random.Next(1, 6).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private string AddOther(string id) =>
        $"INSERT INTO ai_calls (id, model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at) OVERRIDING SYSTEM VALUE "
        + $"SELECT {id}, 'm/a', {Tier}, 7, 4, {OneOf(Cost, Cost, Cost, "'NaN'::numeric")}, {Goal}, {At} AT TIME ZONE 'UTC'";

    private string AddDetails(string link) =>
        "INSERT INTO jarvis.call_details (call_id, ai_call_id, provider, requested_model, model, tier, status, cost_usd_exact, cost_source, prompt_tokens, latency_ms, streamed, attempt, goal_id, started_at) "
        + $"SELECT gen_random_uuid(), {link}, 'P', 'm/a', {OneOf("'m/b'", "NULL")}, {Tier}, {OneOf("'ok'", "'cut'")}, {OneOf(Cost, "NULL")}, {OneOf("'reported'", "'unknown'")}, {OneOf("7", "NULL")}, 5, false, 1, {Goal}, {At}";

    private string ChangeOther() =>
        $"UPDATE ai_calls SET {OneOf($"cost_usd = {Cost}", "prompt_tokens = 0", $"tier = {Tier}", $"goal_id = {Goal}", $"created_at = {At} AT TIME ZONE 'UTC'", $"id = {Id}")} WHERE {Some("id")}";

    private string ChangeDetails() =>
        $"UPDATE jarvis.call_details SET {OneOf($"cost_usd_exact = {Cost}", "cost_usd_exact = NULL", "prompt_tokens = NULL", "ai_call_id = NULL", $"ai_call_id = {Id}", $"started_at = {At}", $"tier = {Tier}", "model = NULL", $"goal_id = {Goal}", "status = 'ok'")} "
        + $"WHERE {OneOf(Some("ai_call_id"), "call_id IN (SELECT call_id FROM jarvis.call_details WHERE ai_call_id IS NULL LIMIT 1)")}";

    private string Some(string id) => OneOf($"{id} = {Id}", $"{id} % 7 = {random.Next(7)}");

    private string OneOf(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];
}
