using System.Text.Json;
using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Tests.Storage;

public abstract class KillSwitchStoreContract
{
    private const string Key = "kill_switch";
    private const string Strong = "kill_switch:tier:strong";
    private const string On = """{"active":true,"reason":"r"}""";
    private const string Off = """{"active":false,"reason":"r"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract Task<StorageUnderTest> OpenAsync();

    [Fact]
    public async Task ReadAsync_NothingThere_IsNoRowAndNoAudit()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Switch.PrepareAsync(Ct);

        KillSwitchRows rows = await storage.Switch.ReadAsync(Ct);

        Assert.Equal(new KillSwitchRow(Key, null, null, 0), Assert.Single(rows.Rows));
    }

    [Theory]
    [InlineData(Key)]
    [InlineData(Strong)]
    [InlineData("kill_switch:agent:Grüße 😀, 'n' \"all\"")]
    public async Task ActivateAsync_ThenDeactivateAsync_ChangeStateAndAuditTogether(string key)
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Switch.ActivateAsync(key, On, "too dear", "agent", Records.Noon, Ct);
        KillSwitchRows active = await storage.Switch.ReadAsync(Ct);
        await storage.Release.DeactivateAsync(key, Off, "paid", "cli", Records.Noon.AddMinutes(1), Ct);
        KillSwitchRows released = await storage.Switch.ReadAsync(Ct);

        Assert.True(IsActive(Find(active, key)));
        Assert.Equal(active.Version, Find(active, key).ActivatedIn);
        Assert.False(IsActive(Find(released, key)));
        Assert.Equal(active.Version, Find(released, key).ActivatedIn);
        Assert.Equal(active.Version + 1, released.Version);
        IReadOnlyList<KillSwitchAuditEntry> history = await storage.Switch.ReadHistoryAsync(10, Ct);
        Assert.Equal(
            [("deactivate", "paid", "cli", Records.Noon.AddMinutes(1), key), ("activate", "too dear", "agent", Records.Noon, key)],
            history.Select(entry => (entry.Action, entry.Reason, entry.TriggeredBy, entry.At, entry.Scope.Key)));
        Assert.True(history[0].Id > history[1].Id);
        Assert.Single(await storage.Switch.ReadHistoryAsync(1, Ct));
    }

    [Theory]
    [InlineData(Key, Strong)]
    [InlineData(Strong, Key)]
    [InlineData(Strong, "kill_switch:tier:mid")]
    public async Task ReadAsync_RowLostAfterAnActivation_StillSaysWhatItsOwnAuditSays(string lost, string other)
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Release.DeactivateAsync(lost, Off, "r", "cli", Records.Noon, Ct);
        await storage.Switch.ActivateAsync(lost, On, "r", "cli", Records.Noon, Ct);
        await storage.Switch.ActivateAsync(other, On, "r", "cli", Records.Noon, Ct);
        await storage.Release.DeactivateAsync(other, Off, "r", "cli", Records.Noon, Ct);
        await storage.ScalarAsync("DELETE FROM agent_state");

        KillSwitchRows rows = await storage.Switch.ReadAsync(Ct);

        Assert.Equal((null, "activate"), (Find(rows, lost).Value, Find(rows, lost).NewestAuditAction));
        Assert.Equal((null, "deactivate"), (Find(rows, other).Value, Find(rows, other).NewestAuditAction));
    }

    [Fact]
    public async Task ReadAsync_AuditRowOfAnotherProgram_IsAboutTheGlobalSwitch()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Switch.PrepareAsync(Ct);
        await storage.ScalarAsync("INSERT INTO kill_switch_audit (action, reason, triggered_by) VALUES ('activate', 'theirs', 'api')");
        await storage.Switch.ActivateAsync(Strong, On, "ours", "cli", Records.Noon, Ct);
        await storage.Release.DeactivateAsync(Strong, Off, "ours", "cli", Records.Noon, Ct);

        Assert.Equal("activate", Find(await storage.Switch.ReadAsync(Ct), Key).NewestAuditAction);
        Assert.Equal([Strong, Strong, Key], (await storage.Switch.ReadHistoryAsync(10, Ct)).Select(entry => entry.Scope.Key));
    }

    [Fact]
    public async Task ReadAsync_JsonNull_IsARow()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Switch.PrepareAsync(Ct);
        await storage.ScalarAsync("INSERT INTO agent_state (key, value) VALUES ('kill_switch', 'null'), ('kill_switch:goal:1', 'null'), ('other', '1')");

        KillSwitchRows rows = await storage.Switch.ReadAsync(Ct);

        Assert.Equal(["kill_switch", "kill_switch:goal:1"], rows.Rows.Select(row => row.Key).Order(StringComparer.Ordinal));
        Assert.All(rows.Rows, row => Assert.Equal("null", row.Value));
    }

    [Fact]
    public async Task ActivateAsync_ReasonWithNul_IsNotRefused()
    {
        await using StorageUnderTest storage = await OpenAsync();
        string value = """{"active":true,"reason":"a\u0000b\ud800c\\u0000d\ud83d\ude00"}""";
        await storage.Switch.ActivateAsync(Key, value, "a\0b", "ag\0ent", Records.Noon, Ct);

        using JsonDocument json = JsonDocument.Parse(Find(await storage.Switch.ReadAsync(Ct), Key).Value!);
        Assert.Equal("a\uFFFDb\uFFFDc\\u0000d😀", json.RootElement.GetProperty("reason").GetString());
        Assert.Equal("a\uFFFDb", (await storage.Switch.ReadHistoryAsync(1, Ct))[0].Reason);
    }

    [Fact]
    public async Task Changes_FromTwoProcessesAtOnce_LeaveAStateThatTheNewestAuditRowNames()
    {
        await using StorageUnderTest one = await OpenAsync();
        await using StorageUnderTest two = one.OpenAgain();
        await one.Switch.PrepareAsync(Ct);
        for (int round = 0; round < 30; round++)
        {
            // A new key each time: the first two writers have no row to lock.
            string key = $"{Key}:goal:{round}";
            await Task.WhenAll(
                Task.Run(() => one.Switch.ActivateAsync(key, On, "r", "cli", Records.Noon, Ct), Ct),
                Task.Run(() => two.Release.DeactivateAsync(key, Off, "r", "cli", Records.Noon, Ct), Ct));
            KillSwitchRow row = Find(await one.Switch.ReadAsync(Ct), key);
            KillSwitchAuditEntry newest = (await one.Switch.ReadHistoryAsync(1, Ct))[0];
            Assert.Equal((IsActive(row) ? "activate" : "deactivate", key), (newest.Action, newest.Scope.Key));
        }

        Assert.Equal(60, await one.CountAsync("kill_switch_audit"));
        Assert.Equal(61, (await one.Switch.ReadAsync(Ct)).Version);
    }

    [Theory]
    [InlineData("kill_switch:tier:STRONG")]
    [InlineData("kill_switch:tier:Strong")]
    public async Task DeactivateAsync_RowOfTheSameTierInOtherLetters_IsReleasedToo(string twin)
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Switch.PrepareAsync(Ct);
        await storage.ScalarAsync($"INSERT INTO agent_state (key, value) VALUES ('{twin}', '{On}'), ('kill_switch:agent:STRONG', '{On}')");

        await storage.Release.DeactivateAsync(Strong, Off, "paid", "cli", Records.Noon, Ct);

        KillSwitchRows rows = await storage.Switch.ReadAsync(Ct);
        Assert.False(IsActive(Find(rows, twin)));
        Assert.True(IsActive(Find(rows, "kill_switch:agent:STRONG")));
    }

    [Theory]
    [InlineData("""INSERT INTO agent_state (key, value) VALUES ('kill_switch:tier:strong', '{"active":true}')""", true)]
    [InlineData("""INSERT INTO agent_state (key, value) VALUES ('kill_switch:tier:strong', '"on"')""", true)]
    [InlineData("""INSERT INTO agent_state (key, value) VALUES ('kill_switch:tier:strong', '[{"active":false}]')""", true)]
    [InlineData("""INSERT INTO agent_state (key, value) VALUES ('kill_switch:tier:strong', 'null')""", true)]
    [InlineData("""INSERT INTO agent_state (key, value) VALUES ('kill_switch:tier:strong', '{"active":null}')""", true)]
    [InlineData("""INSERT INTO agent_state (key, value) VALUES ('kill_switch:tier:strong', '{"active":"false"}')""", true)]
    [InlineData("""INSERT INTO agent_state (key, value) VALUES ('kill_switch:tier:strong', '{ "reason": "\"active\"", "active" : false }')""", false)]
    [InlineData("""UPDATE agent_state SET value = '{"active":true}' WHERE key = 'kill_switch:tier:mid'""", true)]
    [InlineData("""UPDATE agent_state SET key = 'kill_switch:tier:strong', value = '{"active":true}' WHERE key = 'mood'""", true)]
    [InlineData("""UPDATE agent_state SET value = '{"active":false,"reason":"again"}' WHERE key = 'kill_switch:tier:mid'""", false)]
    [InlineData("""DELETE FROM agent_state WHERE key = 'kill_switch:tier:mid'""", false)]
    public async Task Statement_OfAnotherProgram_CountsAsActivationUnlessItPlainlyOpens(string statement, bool isActivation)
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Switch.PrepareAsync(Ct);
        await storage.ScalarAsync("""INSERT INTO agent_state (key, value) VALUES ('mood', '1'), ('kill_switch:tier:mid', '{"active":false}')""");
        long before = (await storage.Switch.ReadAsync(Ct)).Version;

        await storage.ScalarAsync(statement);

        KillSwitchRows rows = await storage.Switch.ReadAsync(Ct);
        Assert.Equal(before + 1, rows.Version);
        Assert.Equal(isActivation ? rows.Version : 0, rows.Rows.Max(row => row.ActivatedIn));
    }

    [Fact]
    public async Task VersionRowLost_ChangesGoOnAboveWhatWasCounted()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Switch.ActivateAsync(Key, On, "r", "cli", Records.Noon, Ct);
        long before = (await storage.Switch.ReadAsync(Ct)).Version;
        await storage.ScalarAsync($"DELETE FROM {storage.Ours("kill_switch_version")}");

        await storage.Switch.ActivateAsync(Strong, On, "r", "cli", Records.Noon, Ct);

        Assert.True(Find(await storage.Switch.ReadAsync(Ct), Strong).ActivatedIn > before);
    }

    [Theory]
    [InlineData("UPDATE {0} SET reason = 'nothing happened'", "kill_switch_audit")]
    [InlineData("DELETE FROM {0}", "kill_switch_audit")]
    [InlineData("UPDATE {0} SET key = 'kill_switch:tier:cheap'", "kill_switch_changes")]
    [InlineData("DELETE FROM {0}", "kill_switch_changes")]
    public async Task Audit_ThatIsOurs_RefusesEveryChange(string statement, string table)
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Switch.ActivateAsync(Strong, On, "why", "cli", Records.Noon, Ct);
        string name = table == "kill_switch_audit" ? table : storage.Ours(table);

        Exception refused = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(
            () => storage.ScalarAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, statement, name)));

        Assert.Contains("append-only", refused.Message, StringComparison.Ordinal);
        Assert.Equal(("why", Strong), (await storage.Switch.ReadHistoryAsync(1, Ct)).Select(entry => (entry.Reason, entry.Scope.Key)).Single());
    }

    private static KillSwitchRow Find(KillSwitchRows rows, string key) => rows.Rows.Single(row => row.Key == key);

    private static bool IsActive(KillSwitchRow row)
    {
        using JsonDocument json = JsonDocument.Parse(row.Value!);
        return json.RootElement.GetProperty("active").GetBoolean();
    }
}
