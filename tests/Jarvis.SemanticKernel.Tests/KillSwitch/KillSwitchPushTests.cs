using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

/// <summary>The cache lasts a minute here, far longer than any wait below: only a notification can explain what arrives.</summary>
public sealed class KillSwitchPushTests(PostgresServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ActivateAsync_InOneProcess_StopsAnotherAtOnce()
    {
        await using Processes two = await StartAsync();
        await two.First.ActivateAsync("runaway", "test", cancellationToken: Ct);
        await two.StoppedAsync();
        Assert.Equal("runaway", (await two.Second.GetStateAsync(Ct)).Reason);

        await two.Operator.DeactivateAsync("fine again", "test", cancellationToken: Ct);
        await two.ReleasedAsync();
        await two.Second.ThrowIfActiveAsync(Ct);
    }

    [Theory]
    [InlineData("""UPDATE agent_state SET value = '{"active":true,"reason":"by hand"}' WHERE key = 'kill_switch'""")]
    [InlineData("""DELETE FROM agent_state WHERE key = 'kill_switch'; INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true,"reason":"by hand"}')""")]
    public async Task Statement_OfAnotherProgram_StopsEveryProcess(string statement)
    {
        await using Processes two = await StartAsync();
        await two.Database.ExecuteAsync(statement);
        await two.StoppedAsync();
        KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(() => two.Second.ThrowIfActiveAsync(Ct).AsTask());
        Assert.Contains("by hand", stopped.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE FROM agent_state")]
    [InlineData("TRUNCATE agent_state")]
    public async Task LostRow_AfterAnActivation_KeepsEveryProcessClosed(string statement)
    {
        await using Processes two = await StartAsync();
        await two.First.ActivateAsync("runaway", "test", cancellationToken: Ct);
        await two.StoppedAsync();
        await two.Database.ExecuteAsync(statement);
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => two.Second.ThrowIfActiveAsync(Ct).AsTask()) is KillSwitchUnavailableException, Ct);
    }

    [Fact]
    public async Task OtherKeys_OfAgentState_AreNotTheSwitch()
    {
        await using Processes two = await StartAsync();
        long before = await CountAsync(two.Database, "SELECT version FROM jarvis.kill_switch_version");
        await two.Database.ExecuteAsync("INSERT INTO agent_state (key, value) VALUES ('mood', '1'); UPDATE agent_state SET value = '2' WHERE key = 'mood'; DELETE FROM agent_state WHERE key = 'mood'");
        Assert.Equal(before, await CountAsync(two.Database, "SELECT version FROM jarvis.kill_switch_version"));
        await two.Database.ExecuteAsync("UPDATE agent_state SET updated_at = updated_at WHERE key = 'kill_switch'");
        Assert.Equal(before + 1, await CountAsync(two.Database, "SELECT version FROM jarvis.kill_switch_version"));
    }

    [Fact]
    public async Task Listener_CutByTheServer_ListensAgainAndReadsWhatItMissed()
    {
        await using Processes two = await StartAsync();
        const string Cut =
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%listener'
            """;
        Assert.Equal(2, await CountAsync(two.Database, Cut));
        await two.Database.ExecuteAsync("""UPDATE agent_state SET value = '{"active":true,"reason":"while nobody listened"}' WHERE key = 'kill_switch'""");
        await two.StoppedAsync();

        await two.Operator.DeactivateAsync("fine again", "test", cancellationToken: Ct);
        await two.ReleasedAsync();
        await two.First.ActivateAsync("once more", "test", cancellationToken: Ct);
        await two.StoppedAsync();
    }

    [Fact]
    public async Task KillSwitchAudit_ThatIsOurs_RefusesEveryChange()
    {
        await using Processes two = await StartAsync();
        foreach (string statement in (string[])["UPDATE kill_switch_audit SET reason = 'nothing happened'", "DELETE FROM kill_switch_audit", "TRUNCATE kill_switch_audit"])
        {
            Npgsql.PostgresException refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => two.Database.ExecuteAsync(statement));
            Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
        }
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The result owns them.")]
    private async Task<Processes> StartAsync()
    {
        PostgresDatabase database = await server.CreateDatabaseAsync();
        var processes = new Processes(database, await OpenAsync(database), await OpenAsync(database));

        // Known to everybody, open, and with a row that a statement can change.
        await processes.Operator.DeactivateAsync("ready", "test", cancellationToken: Ct);
        await processes.First.ThrowIfActiveAsync(Ct);
        await processes.Second.ThrowIfActiveAsync(Ct);
        await Eventually.TrueAsync(
            async () => await CountAsync(
                database, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%listener' AND query LIKE 'NOTIFY%'") == 2,
            Ct);
        return processes;
    }

    private static async Task<long> CountAsync(PostgresDatabase database, string sql) => (long)(await database.ScalarAsync(sql))!;

    private static Task<JarvisHarness> OpenAsync(PostgresDatabase database) =>
        JarvisHarness.StartAsync(database.ConnectionString, options => options.KillSwitch.CacheDuration = TimeSpan.FromMinutes(1));

    private sealed class Processes(PostgresDatabase database, JarvisHarness first, JarvisHarness second) : IAsyncDisposable
    {
        public PostgresDatabase Database => database;

        public IKillSwitch First => first.KillSwitch;

        public IKillSwitch Second => second.KillSwitch;

        public IKillSwitchOperator Operator => first.Operator;

        public Task StoppedAsync() => Eventually.TrueAsync(() => Task.FromResult(First.StopToken.IsCancellationRequested && Second.StopToken.IsCancellationRequested), Ct);

        public Task ReleasedAsync() => Eventually.TrueAsync(() => Task.FromResult(!First.StopToken.IsCancellationRequested && !Second.StopToken.IsCancellationRequested), Ct);

        public async ValueTask DisposeAsync()
        {
            await first.DisposeAsync();
            await second.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
