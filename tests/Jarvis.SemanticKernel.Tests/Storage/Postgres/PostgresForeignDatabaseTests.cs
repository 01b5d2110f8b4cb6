using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

public sealed class PostgresForeignDatabaseTests(PostgresServer server)
{
    [Theory]
    [InlineData("serial")]
    [InlineData("always")]
    [InlineData("by default")]
    public async Task EnsureReadyAsync_DatabaseOfTheTypeScriptProgram_LeavesEveryRowAndColumnAndWorksBesideIt(string id)
    {
        PostgresDatabase database = await server.CreateDatabaseAsync();
        await ForeignDatabase.CreateAsync(database, id);
        string schema = await ForeignDatabase.DumpTablesAsync(database, schemaOnly: true);
        string rows = await ForeignDatabase.DumpTablesAsync(database, schemaOnly: false);

        // Four processes at once, and a fifth afterwards.
        await using PostgresStorage storage = new(database);
        StorageUnderTest[] processes = [.. Enumerable.Range(0, 4).Select(_ => storage.OpenAgain())];
        await Task.WhenAll(processes.Select(process => Task.Run(() => process.Database.EnsureReadyAsync(TestContext.Current.CancellationToken).AsTask())));
        await storage.Database.MigrateAsync(TestContext.Current.CancellationToken);
        foreach (StorageUnderTest process in processes)
        {
            await process.DisposeAsync();
        }

        Assert.Equal(schema, await ForeignDatabase.DumpTablesAsync(database, schemaOnly: true));
        Assert.Equal(rows, await ForeignDatabase.DumpTablesAsync(database, schemaOnly: false));
        Assert.Equal(6, await storage.CountAsync("jarvis.migrations_history"));

        // Both programs by turns.
        await storage.Calls.AppendAsync([Records.Billed(0.5m), Records.Unbilled()], TestContext.Current.CancellationToken);
        await database.ExecuteAsync(ForeignDatabase.Inserts);
        await storage.Calls.AppendAsync([Records.Billed(0.25m)], TestContext.Current.CancellationToken);
        await database.ExecuteAsync(ForeignDatabase.Inserts);
        await storage.Switch.ActivateAsync("kill_switch", """{"active":true}""", "r", "cli", Records.Noon, TestContext.Current.CancellationToken);

        Assert.Equal(6, await storage.CountAsync("ai_calls"));
        Assert.Equal(7, await storage.CountAsync("jarvis.calls"));
        IReadOnlyList<SpendLine> lines = await storage.SpendAsync(Records.Noon, Records.Noon.AddSeconds(1), SpendGrouping.Tier);
        Assert.Equal((0.75m, 4 * 0.12345678m), (lines.Single(line => line.Key.Tier == "mid").CostUsd, lines.Single(line => line.Key.Tier == "strong").CostUsd));
        Assert.Equal("activate", (await storage.Switch.ReadHistoryAsync(1, TestContext.Current.CancellationToken))[0].Action);
        Assert.Equal(schema, await ForeignDatabase.DumpTablesAsync(database, schemaOnly: true));
    }

    [Fact]
    public async Task Switch_BothProgramsByTurns_ReadWhatTheOtherWrote()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await ForeignDatabase.CreateAsync(database, "always");
        await using JarvisHarness ours = await JarvisHarness.StartAsync(database.ConnectionString);
        await ours.KillSwitch.ThrowIfActiveAsync(TestContext.Current.CancellationToken);

        // As its agent does whenever it starts: state and audit in two statements, nothing of ours in the value.
        await database.ExecuteAsync("""INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true,"reason":"default OFF","activatedAt":"2026-07-01T12:00:00.123Z"}')""");
        await database.ExecuteAsync("INSERT INTO kill_switch_audit (action, reason, triggered_by) VALUES ('activate', 'default OFF', 'system')");
        await Eventually.TrueAsync(async () => (await StateAsync()).IsActive, TestContext.Current.CancellationToken);
        Assert.Equal(
            ("default OFF", (KillSwitchInFlight?)null, new DateTimeOffset(2026, 7, 1, 12, 0, 0, 123, TimeSpan.Zero)),
            ((await StateAsync()).Reason, (await StateAsync()).InFlight, (await StateAsync()).Since));
        Assert.Equal("system", (await ours.KillSwitch.GetHistoryAsync(1, TestContext.Current.CancellationToken))[0].TriggeredBy);

        await ours.Operator.DeactivateAsync("fine", "cli", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("false fine active,deactivatedAt,reason", await TheirsAsync());
        await ours.KillSwitch.ActivateAsync("loops", "agent", new KillSwitchActivation { InFlight = KillSwitchInFlight.Cancel }, TestContext.Current.CancellationToken);
        Assert.Equal("true loops activatedAt,active,inFlight,reason", await TheirsAsync());

        // A release of its own replaces the value, and knows no scope: that of a tier stays.
        await ours.KillSwitch.ActivateAsync("loops", "agent", new KillSwitchActivation { Scope = KillSwitchScope.ForTier("strong") }, TestContext.Current.CancellationToken);
        await database.ExecuteAsync("""UPDATE agent_state SET value = '{"active":false,"reason":"ok","deactivatedAt":"2026-07-01T13:00:00.000Z"}', updated_at = '2026-07-01T13:00:00.000Z' WHERE key = 'kill_switch'""");
        await database.ExecuteAsync("INSERT INTO kill_switch_audit (action, reason, triggered_by) VALUES ('deactivate', 'ok', 'dashboard')");
        await Eventually.TrueAsync(async () => !(await StateAsync()).IsActive, TestContext.Current.CancellationToken);
        await ours.Chat("mid").GetChatMessageContentAsync("Work", cancellationToken: TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<KillSwitchActiveException>(() => ours.Chat("strong").GetChatMessageContentAsync("Work", cancellationToken: TestContext.Current.CancellationToken));

        ValueTask<KillSwitchState> StateAsync() => ours.KillSwitch.GetStateAsync(TestContext.Current.CancellationToken);

        Task<string?> TheirsAsync() => database.TextAsync(
            "SELECT (value->>'active') || ' ' || (value->>'reason') || ' ' || (SELECT string_agg(k, ',' ORDER BY k COLLATE \"C\") FROM jsonb_object_keys(value) k) FROM agent_state WHERE key = 'kill_switch'");
    }

    [Theory]
    [InlineData("DROP TABLE revenue; CREATE TABLE revenue (id serial PRIMARY KEY, amount money NOT NULL, amount_usd real)",
        "table revenue, column strategy_id: expected text, found no such column;table revenue, column amount_usd: expected numeric(12,8), found real;table revenue, column amount: ")]
    [InlineData("ALTER TABLE ai_calls ADD COLUMN tenant text NOT NULL", "table ai_calls, column tenant: ")]
    [InlineData("ALTER TABLE ai_calls ALTER COLUMN goal_id SET NOT NULL", "table ai_calls, column goal_id: expected integer, null allowed, found integer NOT NULL")]
    [InlineData("ALTER TABLE ai_calls ALTER COLUMN id DROP IDENTITY", "table ai_calls, column id: expected integer that numbers itself")]
    [InlineData("ALTER TABLE ai_calls ALTER COLUMN id DROP IDENTITY; CREATE SEQUENCE s; ALTER TABLE ai_calls ALTER COLUMN id SET DEFAULT nextval('s')",
        "table ai_calls, column id: expected serial or identity")]
    [InlineData("ALTER TABLE agent_state DROP CONSTRAINT agent_state_key_unique", "table agent_state, column key: expected unique, found not unique")]
    [InlineData("DROP TABLE operating_costs; DROP TYPE cost_category; CREATE TYPE cost_category AS ENUM ('vm', 'other', 'api_service')",
        "column category: expected cost_category with the word ai_inference")]
    [InlineData("DROP TABLE revenue; CREATE VIEW revenue AS SELECT 1 AS id", "table revenue, column id: expected integer, found no table")]
    public async Task EnsureReadyAsync_OtherColumns_AreRefusedWithTheDifferenceAndNothingChanges(string change, string expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        PostgresDatabase database = await server.CreateDatabaseAsync();
        await ForeignDatabase.CreateAsync(database, "by default");
        await database.ExecuteAsync("UPDATE ai_calls SET goal_id = 1");
        await database.ExecuteAsync(change.Replace("ADD COLUMN tenant text NOT NULL", "ADD COLUMN tenant text NOT NULL DEFAULT ''; ALTER TABLE ai_calls ALTER COLUMN tenant DROP DEFAULT", StringComparison.Ordinal));
        string before = await database.DumpAsync();
        await using PostgresStorage storage = new(database);

        foreach (Func<Task> way in (Func<Task>[])[() => storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken).AsTask(), () => storage.Database.MigrateAsync(TestContext.Current.CancellationToken)])
        {
            JarvisDatabaseException exception = await Assert.ThrowsAsync<JarvisDatabaseException>(way);
            Assert.All(expected.Split(';'), difference => Assert.Contains(difference, exception.Message, StringComparison.Ordinal));
        }

        Assert.Equal(before, await database.DumpAsync());
    }

    [Fact]
    public async Task EnsureReadyAsync_ExtraColumnsThatFillThemselves_AreNoFault()
    {
        PostgresDatabase database = await server.CreateDatabaseAsync();
        await ForeignDatabase.CreateAsync(database, "serial");
        await database.ExecuteAsync("ALTER TABLE ai_calls ADD COLUMN note text, ADD COLUMN tenant text NOT NULL DEFAULT 'x', ADD COLUMN total int GENERATED ALWAYS AS (prompt_tokens + completion_tokens) STORED");
        await using PostgresStorage storage = new(database);
        await storage.Calls.AppendAsync([Records.Billed()], TestContext.Current.CancellationToken);

        Assert.Equal(1, await storage.CountAsync("ai_calls WHERE total = 120 AND tenant = 'x'"));
    }

    [Fact]
    public async Task AuditThatWasThereBefore_IsLeftToItsOwnerAndExaminationSaysSo()
    {
        PostgresDatabase database = await server.CreateDatabaseAsync();
        await ForeignDatabase.CreateAsync(database, "serial");
        await using PostgresStorage storage = new(database);
        await storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken);

        await database.ExecuteAsync("UPDATE kill_switch_audit SET reason = 'nothing happened'; DELETE FROM kill_switch_audit; TRUNCATE kill_switch_audit");

        DatabaseFinding audit = (await storage.Database.ExamineAsync(TestContext.Current.CancellationToken)).Single(finding => finding.Subject == "audit");
        Assert.Equal(DatabaseFindingOutcome.Notice, audit.Outcome);
    }
}
