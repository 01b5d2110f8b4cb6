using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

/// <summary>The audit of a file refuses changes where we made its table, and only there.</summary>
public sealed class SqliteAuditTests
{
    private const string Foreign =
        "CREATE TABLE kill_switch_audit (id INTEGER PRIMARY KEY, action TEXT NOT NULL, reason TEXT NOT NULL, triggered_by TEXT NOT NULL, created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Changes { get; } =
    [
        "UPDATE kill_switch_audit SET reason = 'nothing happened'",
        "UPDATE OR IGNORE kill_switch_audit SET reason = 'nothing happened'",
        "UPDATE OR REPLACE kill_switch_audit SET id = id + 1",
        "DELETE FROM kill_switch_audit",
        "DELETE FROM kill_switch_audit WHERE id = 1",
        "REPLACE INTO kill_switch_audit (id, action, reason, triggered_by) VALUES (1, 'activate', 'nothing happened', 'cli')",
        "INSERT OR REPLACE INTO kill_switch_audit (id, action, reason, triggered_by) VALUES (1, 'activate', 'nothing happened', 'cli')",
        "INSERT INTO kill_switch_audit (id, action, reason, triggered_by) VALUES (1, 'a', 'r', 'x') ON CONFLICT (id) DO UPDATE SET reason = 'nothing happened'",
    ];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Change_OfOurTable_IsRefused(string statement)
    {
        await using SqliteStorage storage = new();
        await storage.Switch.ActivateAsync("kill_switch", """{"active":true}""", "why", "cli", Records.Noon, Ct);

        SqliteException refused = await Assert.ThrowsAsync<SqliteException>(() => storage.ScalarAsync(statement));

        Assert.Contains("kill_switch_audit is append-only", refused.Message, StringComparison.Ordinal);
        Assert.Equal("why", Assert.Single(await storage.Switch.ReadHistoryAsync(10, Ct)).Reason);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Change_OfATableThatWasThereBefore_IsLeftToIt(string statement)
    {
        foreach (bool isScripted in (bool[])[false, true])
        {
            await using SqliteStorage storage = await CreateAsync(Foreign, isScripted);
            await storage.ScalarAsync("INSERT INTO kill_switch_audit (id, action, reason, triggered_by) VALUES (1, 'activate', 'why', 'api')");

            await storage.ScalarAsync(statement);

            Assert.Equal(0, await storage.CountAsync("kill_switch_audit WHERE id = 1 AND reason = 'why'"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Examination_SaysWhetherChangesAreRefused(bool isScripted)
    {
        await using SqliteStorage ours = await CreateAsync("SELECT 1", isScripted);
        await using SqliteStorage theirs = await CreateAsync(Foreign, isScripted);
        await using SqliteStorage weakened = await CreateAsync("SELECT 1", isScripted);
        await weakened.ScalarAsync("DROP TRIGGER jarvis_append_only_replace");

        Assert.Equal(
            [DatabaseFindingOutcome.Ok, DatabaseFindingOutcome.Notice, DatabaseFindingOutcome.Notice],
            [await AuditAsync(ours), await AuditAsync(theirs), await AuditAsync(weakened)]);
        Assert.Equal(Foreign, await theirs.ScalarAsync("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'kill_switch_audit'"));
    }

    [Fact]
    public async Task ColumnAddedToOurTable_ChangesAreRefusedAllTheSame()
    {
        await using SqliteStorage storage = new();
        await storage.Switch.ActivateAsync("kill_switch", """{"active":true}""", "why", "cli", Records.Noon, Ct);
        await storage.ScalarAsync("ALTER TABLE kill_switch_audit ADD COLUMN note TEXT");

        await Assert.ThrowsAsync<SqliteException>(() => storage.ScalarAsync("DELETE FROM kill_switch_audit"));
    }

    [Theory]
    [InlineData("INSERT OR REPLACE INTO agent_state (key, value) VALUES ('kill_switch:tier:strong', '{\"active\":true}')")]
    [InlineData("INSERT OR IGNORE INTO agent_state (key, value) VALUES ('kill_switch:tier:cheap', '{\"active\":true}')")]
    [InlineData("UPDATE OR IGNORE agent_state SET value = '{\"active\":true}' WHERE key = 'kill_switch:tier:strong'")]
    [InlineData("UPDATE OR FAIL agent_state SET value = x'7B7D' WHERE key = 'kill_switch:tier:strong'")]
    [InlineData("UPDATE agent_state SET value = '{\"active\":false,\"active\":true}' WHERE key = 'kill_switch:tier:strong'")]
    [InlineData("INSERT INTO agent_state (key, value) VALUES ('kill_switch:tier:strong', '1') ON CONFLICT (key) DO UPDATE SET value = '{\"active\":true}'")]
    public async Task Statement_WithAConflictClauseOfItsOwn_CountsAsActivation(string statement)
    {
        await using SqliteStorage storage = new();
        await storage.Switch.ActivateAsync("kill_switch:tier:strong", """{"active":true}""", "why", "cli", Records.Noon, Ct);
        await storage.Release.DeactivateAsync("kill_switch:tier:strong", """{"active":false}""", "why", "cli", Records.Noon, Ct);

        await storage.ScalarAsync(statement);

        Jarvis.SemanticKernel.KillSwitch.KillSwitchRows rows = await storage.Switch.ReadAsync(Ct);
        Assert.Equal((4, 4), (rows.Version, rows.Rows.Max(row => row.ActivatedIn)));
    }

    private static async Task<DatabaseFindingOutcome> AuditAsync(SqliteStorage storage) =>
        (await storage.Database.ExamineAsync(Ct)).Single(finding => finding.Subject == "audit").Outcome;

    private static async Task<SqliteStorage> CreateAsync(string before, bool isScripted)
    {
        SqliteStorage storage = new();
        Directory.CreateDirectory(Path.GetDirectoryName(storage.FilePath)!);
        await using (SqliteConnection file = new($"Data Source={storage.FilePath};Pooling=false"))
        {
            await file.OpenAsync(Ct);
        }

        await storage.ScalarAsync(before);
        if (isScripted)
        {
            await storage.ScalarAsync(storage.Database.GetScript());
        }

        await storage.Database.EnsureReadyAsync(Ct);
        return storage;
    }
}
