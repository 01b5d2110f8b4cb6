using Jarvis.SemanticKernel.Storage.Postgres;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>The sums that the triggers keep are what the rows add up to, whoever writes them.</summary>
public sealed class PostgresSpendSumsTests(PostgresServer server)
{
    private const string OtherRow =
        "INSERT INTO ai_calls (model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at) VALUES ('m/a', 'mid', 7, 4, 0.5, 1, '2026-07-01 12:00:00')";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task OneWriter_AnyStatements_AfterEachOfThem(int seed)
    {
        await using PostgresStorage storage = await OpenAsync();
        SpendStatements statements = new(new Random(seed));
        for (int round = 0; round < 60; round++)
        {
            IReadOnlyList<string> transaction = statements.Next();
            await RunAsync(storage.Outside, transaction);
            await SpendSums.AssertExactAsync(storage.Outside, string.Join(";\n", transaction));
        }

        await SpendSums.SettleAsync(storage.Outside);
        await SpendSums.AssertExactAsync(storage.Outside, "compaction");
    }

    [Fact]
    public async Task EightWritersAtOnce_AnyIsolationLevels_InEverySnapshotAndAtTheEnd()
    {
        await using PostgresStorage storage = await OpenAsync();
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task watching = WatchAsync(storage.Outside, done.Token);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(
            async () =>
            {
                SpendStatements statements = new(new Random(100 + writer));
                await using NpgsqlConnection connection = new(storage.Outside.ConnectionString);
                await connection.OpenAsync(Ct);
                for (int round = 0; round < 40; round++)
                {
                    await RunAsync(connection, statements.Next());
                }
            },
            Ct)));

        await done.CancelAsync();
        await watching;
        await SpendSums.AssertExactAsync(storage.Outside, "all writers");
        await SpendSums.SettleAsync(storage.Outside);
        await SpendSums.AssertExactAsync(storage.Outside, "compaction");
        Assert.Equal(0, await storage.CountAsync("jarvis.spend_deltas"));
    }

    [Theory]
    [InlineData("TRUNCATE jarvis.call_details")]
    [InlineData("TRUNCATE ai_calls")]
    [InlineData("TRUNCATE ai_calls, jarvis.call_details")]
    [InlineData("TRUNCATE jarvis.call_details, ai_calls RESTART IDENTITY")]
    public async Task Truncate_LeavesWhatIsLeft(string truncate)
    {
        await using PostgresStorage storage = await OpenAsync();
        await storage.Calls.AppendAsync([Records.Billed(0.1m), Records.Billed(0.2m), Records.Unbilled()], Ct);
        await storage.Outside.ExecuteAsync(OtherRow);

        await storage.Outside.ExecuteAsync(truncate);

        await SpendSums.AssertExactAsync(storage.Outside, truncate);
        await storage.Calls.AppendAsync([Records.Billed(0.4m)], Ct);
        await storage.Outside.ExecuteAsync(OtherRow);
        await SpendSums.AssertExactAsync(storage.Outside, "rows after it");
    }

    [Fact]
    public async Task Truncate_OfASnapshotOfThePast_IsRefused()
    {
        await using PostgresStorage storage = await OpenAsync();

        PostgresException refused = await Assert.ThrowsAsync<PostgresException>(
            () => RunStrictlyAsync(storage.Outside, "BEGIN ISOLATION LEVEL REPEATABLE READ", "TRUNCATE ai_calls"));

        Assert.Contains("read committed", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_WholeHours_ReadsTheSumsAndNoRows()
    {
        await using PostgresStorage storage = await OpenAsync();
        await storage.Calls.AppendAsync([Records.Billed(0.1m)], Ct);

        // What no row says, so that one sees where it comes from: an unfolded delta, a folded hour, a folded day and the total of an hour.
        const string Figures = "NULL, NULL, 1, 0, 0, 0, 0, 0, 0, 8";
        await storage.Outside.ExecuteAsync($"INSERT INTO jarvis.spend_deltas SELECT '2026-07-01 11:00Z', 'planted', 'm', {Figures}");
        await storage.Outside.ExecuteAsync($"INSERT INTO jarvis.spend_rollup SELECT '2026-06-29 23:00Z', 'planted', 'm', {Figures}");
        await storage.Outside.ExecuteAsync($"INSERT INTO jarvis.spend_rollup_days SELECT '2026-06-30 00:00Z', 'planted', 'm', {Figures}");
        await storage.Outside.ExecuteAsync("INSERT INTO jarvis.spend_rollup_totals SELECT '2026-06-29 23:00Z', 1, 0, 0, 0, 0, 0, 0, 4");
        SpendQuery query = new() { From = Records.Noon.AddDays(-2).AddHours(11), To = Records.Noon.AddMinutes(30) };

        SpendReport report = await storage.ReportAsync(query);
        SpendReport byGoal = await storage.ReportAsync(query with { GroupBy = [SpendGrouping.Goal] });
        SpendReport inAnHour = await storage.ReportAsync(query with { From = Records.Noon.AddMinutes(-1) });
        SpendReport byHour = await storage.ReportAsync(query with { GroupBy = [SpendGrouping.Hour], To = Records.Noon.AddDays(-1) });
        SpendReport byHourAndTier = await storage.ReportAsync(query with { GroupBy = [SpendGrouping.Hour, SpendGrouping.Tier], To = Records.Noon.AddDays(-1) });
        SpendReport byHourOfATier = await storage.ReportAsync(query with { GroupBy = [SpendGrouping.Hour], To = Records.Noon.AddDays(-1), Filter = new SpendFilter { Tier = "planted" } });

        Assert.False(report.IsFromRawRows);
        Assert.Equal((4m, 8m, 8m), (byHour.Total.CostUsd, byHourAndTier.Total.CostUsd, byHourOfATier.Total.CostUsd));
        Assert.Equal((24.1m, 24m), (report.Total.CostUsd, report.Lines.Single(line => line.Key.Tier == "planted").CostUsd));
        Assert.True(byGoal.IsFromRawRows);
        Assert.Equal(0.1m, byGoal.Total.CostUsd);
        Assert.True(inAnHour.IsFromRawRows);
    }

    [Fact]
    public async Task Compaction_TwoAtOnce_OneDoesItAndNothingIsLost()
    {
        await using PostgresStorage storage = await OpenAsync();
        await storage.Calls.AppendAsync([.. Enumerable.Range(0, 50).Select(index => Records.Billed(index * 0.001m))], Ct);
        await using NpgsqlConnection first = new(storage.Outside.ConnectionString);
        await first.OpenAsync(Ct);
        await ExecuteAsync(first, "BEGIN");

        Assert.Equal(true, await ScalarAsync(first, "SELECT jarvis.compact_spend()"));
        Assert.False(await storage.Connections.Compaction.RunAsync(Ct));
        await SpendSums.AssertExactAsync(storage.Outside, "one that is not committed");
        await ExecuteAsync(first, "COMMIT");

        await SpendSums.AssertExactAsync(storage.Outside, "one that is");
        Assert.Equal(0, await storage.CountAsync("jarvis.spend_deltas"));
        Assert.Equal(1, await storage.CountAsync("jarvis.spend_rollup"));
    }

    [Fact]
    public async Task CorrectedByHand_StaysSettled()
    {
        await using PostgresStorage storage = await OpenAsync();
        await storage.Calls.AppendAsync([Records.Billed(0.1m), Records.Billed(0.2m), Records.Billed(0.3m)], Ct);
        await storage.Outside.ExecuteAsync("UPDATE ai_calls SET tier = 'renamed', cost_usd = 9");
        await storage.Outside.ExecuteAsync("DELETE FROM ai_calls WHERE id = (SELECT max(id) FROM ai_calls)");
        Assert.NotEqual(0, await storage.CountAsync("jarvis.spend_pending"));

        await SpendSums.SettleAsync(storage.Outside);

        Assert.Equal(0, await storage.CountAsync("jarvis.spend_pending"));
        await SpendSums.AssertExactAsync(storage.Outside, "settling");
        await storage.Outside.ExecuteAsync("DELETE FROM jarvis.call_details");
        await SpendSums.AssertExactAsync(storage.Outside, "the details are gone");
        Assert.Equal(18m, (await storage.ReportAsync(new() { From = Records.Noon, To = Records.Noon.AddHours(1) })).Total.CostUsd);
    }

    [Fact]
    public async Task Migration_OfAFilledDatabaseWithWritersAtWork_MissesNothing()
    {
        await using PostgresStorage storage = new(await server.CreateDatabaseAsync());
        await storage.Outside.ExecuteAsync(ScriptUpTo("20261124064215_KillSwitchScopes"));
        SpendStatements statements = new(new Random(5));
        for (int round = 0; round < 80; round++)
        {
            await RunAsync(storage.Outside, [.. statements.Next().Where(sql => !sql.Contains("compact_spend", StringComparison.Ordinal))]);
        }

        using CancellationTokenSource migrated = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task[] writers = [.. Enumerable.Range(0, 4).Select(writer => Task.Run(() => WriteAsync(storage.Outside, new SpendStatements(new Random(50 + writer)), migrated.Token), Ct))];
        await storage.Database.MigrateAsync(Ct);
        await migrated.CancelAsync();
        await Task.WhenAll(writers);

        await SpendSums.AssertExactAsync(storage.Outside, "the migration");
        Assert.NotEqual(0, await storage.CountAsync("jarvis.spend_rollup"));
    }

    [Fact]
    public async Task RoleThatKnowsOnlyTheSharedTables_WritesThemAndIsCounted()
    {
        await using PostgresStorage storage = await OpenAsync();
        string role = $"other_program_{Guid.NewGuid():N}";
        await storage.Outside.ExecuteAsync($"CREATE ROLE {role} LOGIN");
        try
        {
            await storage.Outside.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ai_calls TO {role}; GRANT USAGE ON SEQUENCE ai_calls_id_seq TO {role}");
            foreach (string sql in (string[])[OtherRow, "UPDATE ai_calls SET cost_usd = 3", OtherRow, "DELETE FROM ai_calls WHERE cost_usd = 3", "TRUNCATE ai_calls", OtherRow])
            {
                await storage.Outside.PsqlAsync(sql + ";", role);
                await SpendSums.AssertExactAsync(storage.Outside, sql);
            }

            Assert.Equal(0.5m, (await storage.ReportAsync(new() { From = Records.Noon, To = Records.Noon.AddHours(1) })).Total.CostUsd);
        }
        finally
        {
            await storage.Outside.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    private static string ScriptUpTo(string migration)
    {
        using PostgresSchemaContext context = PostgresSchemaContext.WithoutDatabase();
        return context.GetService<IMigrator>().GenerateScript(toMigration: migration, options: MigrationsSqlGenerationOptions.Idempotent);
    }

    // Statements of random writers may fail: they meet each other and the constraints. Then their transaction is over, as it is for anybody.
    private static async Task RunAsync(PostgresDatabase database, IReadOnlyList<string> statements)
    {
        await using NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Ct);
        await RunAsync(connection, statements);
    }

    private static async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<string> statements)
    {
        try
        {
            foreach (string sql in statements)
            {
                await ExecuteAsync(connection, sql);
            }
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected)
        {
            await ExecuteAsync(connection, "ROLLBACK");
        }
    }

    private static async Task RunStrictlyAsync(PostgresDatabase database, params string[] statements)
    {
        await using NpgsqlConnection connection = new(database.ConnectionString);
        await connection.OpenAsync(Ct);
        foreach (string sql in statements)
        {
            await ExecuteAsync(connection, sql);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }

    private static async Task WatchAsync(PostgresDatabase database, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await SpendSums.AssertExactAsync(database, "some of what eight writers do");
        }
    }

    private static async Task WriteAsync(PostgresDatabase database, SpendStatements statements, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await RunAsync(database, [.. statements.Next().Where(sql => !sql.Contains("compact_spend", StringComparison.Ordinal))]);
        }
    }

    private async Task<PostgresStorage> OpenAsync()
    {
        PostgresStorage storage = new(await server.CreateDatabaseAsync());
        await storage.Database.EnsureReadyAsync(Ct);
        return storage;
    }
}
