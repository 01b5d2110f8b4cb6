using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>The sums of what the ledger appends, which spares the triggers comparing the rows of its two tables.</summary>
public sealed class PostgresSpendOfTheLedgerTests(PostgresServer server)
{
    private const string OtherRow =
        "INSERT INTO ai_calls (model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at) VALUES ('m/a', 'mid', 7, 4, 0.5, 1, '2026-07-01 12:00:00')";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task LedgerAppends_WhateverTheRecords_AlsoWhenTheirRowsAreChangedLater(int batch)
    {
        await using PostgresStorage storage = await OpenAsync();
        AiCallRecord[] records =
        [
            Records.Billed(0.1m),
            Records.Unbilled(),
            Records.Billed(0.000000005m),
            Records.Billed(0.000000015m),
            Records.Billed(20_000m),
            Records.Billed(-0.000000025m),
            Records.Billed(0.2m) with { Model = new string('m', 200) },
            Records.Billed(0.3m) with { Tier = new string('t', 40), Model = null },
            Records.Billed(0.4m) with { PromptTokens = null, CompletionTokens = null, GoalId = null },
        ];
        foreach (AiCallRecord[] calls in records.Chunk(batch))
        {
            await storage.Calls.AppendAsync(calls, Ct);
            await storage.Calls.AppendAsync(calls, Ct);
        }

        await SpendSums.AssertExactAsync(storage.Outside, "the appends");
        Assert.Equal(records.Sum(record => record.CostUsd ?? 0), (await storage.ReportAsync(new() { From = Records.Noon, To = Records.Noon.AddHours(1) })).Total.CostUsd);
        foreach (string sql in (string[])["UPDATE ai_calls SET tier = 'x', cost_usd = 7 WHERE id % 2 = 0", "DELETE FROM ai_calls WHERE id % 3 = 0", "DELETE FROM jarvis.call_details WHERE ai_call_id % 2 = 1"])
        {
            await storage.Outside.ExecuteAsync(sql);
            await SpendSums.AssertExactAsync(storage.Outside, sql);
        }
    }

    [Theory]
    [InlineData(OtherRow)]
    [InlineData(
        """
        WITH billed AS (INSERT INTO ai_calls (model, tier, prompt_tokens, completion_tokens, cost_usd, created_at) VALUES ('o', 'mid', 1, 2, 0.5, '2026-07-01 12:00:00') RETURNING id)
        INSERT INTO jarvis.call_details (call_id, ai_call_id, requested_model, tier, status, cost_source, cost_usd_exact, prompt_tokens, completion_tokens, latency_ms, streamed, attempt, started_at)
        SELECT gen_random_uuid(), id, 'o', 'mid', 'ok', 'reported', 0.5, 1, 2, 0, false, 1, '2026-07-01 12:00:00Z' FROM billed
        """)]
    public async Task LedgerAppend_TriggerOfSomebodyElseInTheMiddleOfIt_IsCounted(string statement)
    {
        await using PostgresStorage storage = await OpenAsync();
        await storage.Outside.ExecuteAsync(
            $"CREATE FUNCTION copy_call() RETURNS trigger LANGUAGE plpgsql AS $fn$ BEGIN IF pg_trigger_depth() = 1 THEN {statement}; END IF; RETURN NULL; END $fn$;"
            + "CREATE TRIGGER copy_call AFTER INSERT ON jarvis.call_details FOR EACH ROW EXECUTE FUNCTION copy_call()");

        foreach (int calls in (int[])[1, 2, 5])
        {
            await storage.Calls.AppendAsync([.. Enumerable.Range(1, calls).Select(call => Records.Billed(call * 0.1m))], Ct);
            await SpendSums.AssertExactAsync(storage.Outside, $"an append of {calls}");
        }

        Assert.Equal(16, await storage.CountAsync("ai_calls"));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(5, 1)]
    public async Task LedgerAppend_AddsUpManyCallsAlike_AndLeavesAFewAsTheyAre(int calls, int deltas)
    {
        await using PostgresStorage storage = await OpenAsync();

        await storage.Calls.AppendAsync([.. Enumerable.Range(1, calls).Select(call => Records.Billed(call * 0.1m))], Ct);

        Assert.Equal(deltas, await storage.CountAsync("jarvis.spend_deltas"));
    }

    [Fact]
    public async Task ManyBatches_AreFoldedByTheWay()
    {
        await using PostgresStorage storage = await OpenAsync();
        for (int batch = 0; batch < 12; batch++)
        {
            await storage.Calls.AppendAsync([Records.Billed(0.1m)], Ct);
            await storage.SpendAsync(Records.Noon, Records.Noon.AddHours(1), SpendGrouping.Tier);
        }

        await Eventually.TrueAsync(async () => await storage.CountAsync("jarvis.spend_rollup") > 0, Ct);
        await SpendSums.AssertExactAsync(storage.Outside, "reports and appends");
    }

    private async Task<PostgresStorage> OpenAsync()
    {
        PostgresStorage storage = new(await server.CreateDatabaseAsync());
        await storage.Database.EnsureReadyAsync(Ct);
        return storage;
    }
}
