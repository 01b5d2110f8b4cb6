using System.Text.Json;
using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Tests.Storage;

public abstract class KillSwitchStoreContract
{
    private const string Key = "kill_switch";
    private const string On = """{"active":true,"reason":"r"}""";
    private const string Off = """{"active":false,"reason":"r"}""";

    protected abstract Task<StorageUnderTest> OpenAsync();

    [Fact]
    public async Task ReadAsync_NothingThere_IsNoRowAndNoAudit()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Switch.PrepareAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new KillSwitchRow(null, null), await storage.Switch.ReadAsync(Key, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ActivateAsync_ThenDeactivateAsync_ChangeStateAndAuditTogether()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Switch.ActivateAsync(Key, On, "too dear", "agent", Records.Noon, TestContext.Current.CancellationToken);
        KillSwitchRow active = await storage.Switch.ReadAsync(Key, TestContext.Current.CancellationToken);
        await storage.Release.DeactivateAsync(Key, Off, "paid", "cli", Records.Noon.AddMinutes(1), TestContext.Current.CancellationToken);
        KillSwitchRow released = await storage.Switch.ReadAsync(Key, TestContext.Current.CancellationToken);

        Assert.True(IsActive(active));
        Assert.Equal("activate", active.NewestAuditAction);
        Assert.False(IsActive(released));
        Assert.Equal("deactivate", released.NewestAuditAction);
        IReadOnlyList<KillSwitchAuditEntry> history = await storage.Switch.ReadHistoryAsync(10, TestContext.Current.CancellationToken);
        Assert.Equal(
            [("deactivate", "paid", "cli", Records.Noon.AddMinutes(1)), ("activate", "too dear", "agent", Records.Noon)],
            history.Select(entry => (entry.Action, entry.Reason, entry.TriggeredBy, entry.At)));
        Assert.True(history[0].Id > history[1].Id);
        Assert.Single(await storage.Switch.ReadHistoryAsync(1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReadAsync_RowLostAfterAnActivation_StillSaysWhatTheAuditSays()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Switch.ActivateAsync(Key, On, "r", "cli", Records.Noon, TestContext.Current.CancellationToken);
        await storage.ScalarAsync("DELETE FROM agent_state");

        Assert.Equal(new KillSwitchRow(null, "activate"), await storage.Switch.ReadAsync(Key, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReadAsync_JsonNull_IsARow()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Switch.PrepareAsync(TestContext.Current.CancellationToken);
        await storage.ScalarAsync("INSERT INTO agent_state (key, value) VALUES ('kill_switch', 'null'), ('other', '1')");

        Assert.Equal(new KillSwitchRow("null", null), await storage.Switch.ReadAsync(Key, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ActivateAsync_ReasonWithNul_IsNotRefused()
    {
        await using StorageUnderTest storage = await OpenAsync();
        string value = """{"active":true,"reason":"a\u0000b\ud800c\\u0000d\ud83d\ude00"}""";
        await storage.Switch.ActivateAsync(Key, value, "a\0b", "ag\0ent", Records.Noon, TestContext.Current.CancellationToken);

        KillSwitchRow row = await storage.Switch.ReadAsync(Key, TestContext.Current.CancellationToken);
        using JsonDocument json = JsonDocument.Parse(row.Value!);
        Assert.Equal("a\uFFFDb\uFFFDc\\u0000d😀", json.RootElement.GetProperty("reason").GetString());
        Assert.Equal("a\uFFFDb", (await storage.Switch.ReadHistoryAsync(1, TestContext.Current.CancellationToken))[0].Reason);
    }

    [Fact]
    public async Task Changes_FromTwoProcessesAtOnce_LeaveAStateThatTheNewestAuditRowNames()
    {
        await using StorageUnderTest one = await OpenAsync();
        await using StorageUnderTest two = one.OpenAgain();
        await one.Switch.PrepareAsync(TestContext.Current.CancellationToken);
        for (int round = 0; round < 30; round++)
        {
            // A new key each time: the first two writers have no row to lock.
            string key = $"{Key}:{round}";
            await Task.WhenAll(
                Task.Run(() => one.Switch.ActivateAsync(key, On, "r", "cli", Records.Noon, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken),
                Task.Run(() => two.Release.DeactivateAsync(key, Off, "r", "cli", Records.Noon, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken));
            KillSwitchRow row = await one.Switch.ReadAsync(key, TestContext.Current.CancellationToken);
            Assert.Equal(IsActive(row) ? "activate" : "deactivate", row.NewestAuditAction);
        }

        Assert.Equal(60, await one.CountAsync("kill_switch_audit"));
    }

    private static bool IsActive(KillSwitchRow row)
    {
        using JsonDocument json = JsonDocument.Parse(row.Value!);
        return json.RootElement.GetProperty("active").GetBoolean();
    }
}
