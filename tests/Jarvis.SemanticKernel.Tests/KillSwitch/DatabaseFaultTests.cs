using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.MainJob;
using Jarvis.SemanticKernel.Tests.Storage.Postgres;
using Npgsql;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

/// <summary>A real server that fails in each way while a program uses it: nothing starts, whoever is refused hears why, and when the server is well again so is the program.</summary>
public sealed class DatabaseFaultTests(OwnPostgresServer server) : IClassFixture<OwnPostgresServer>
{
    private const int Callers = 1_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Down_BlocksUntilItRunsAgain()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using JarvisHarness jarvis = await StartAsync(database.ConnectionString);

        await server.Server.StopAsync();
        KillSwitchUnavailableException blocked = await BlockedAsync(jarvis);
        await server.Server.StartAsync();

        Assert.Contains("Check that the server runs", blocked.Message, StringComparison.Ordinal);
        await WorksAgainAsync(jarvis);
    }

    /// <summary>It accepts connections and answers nothing, for a thousand callers at once.</summary>
    [Fact]
    public async Task Hanging_BlocksAThousandCallersWithinTheBound_WithoutAPileOfConnections()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using JarvisHarness jarvis = await StartAsync(database.ConnectionString);
        long before = await ConnectionsAsync(database);

        await server.Server.PauseAsync();
        try
        {
            await BlockedAsync(jarvis);
            int requests = jarvis.Upstream.RequestCount;
            KillSwitchUnavailableException[] blocked = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Assert.ThrowsAsync<KillSwitchUnavailableException>(() => CallAsync(jarvis))));

            Assert.All(blocked, exception => Assert.Matches("did not answer within 500 ms|The operation has timed out. Check that the server runs", exception.Message));
            Assert.Equal(requests, jarvis.Upstream.RequestCount);
        }
        finally
        {
            await server.Server.ContinueAsync();
        }

        await WorksAgainAsync(jarvis);

        // What was opened meanwhile: the listener and the guard may each have tried a new connection.
        Assert.InRange(await ConnectionsAsync(database), 0, before + 4);
    }

    [Fact]
    public async Task HangingInTheMiddle_IsSaidToHaveTimedOut()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using PostgresStorage storage = new(database, ownsDatabase: false, connectionString: new NpgsqlConnectionStringBuilder(database.ConnectionString) { Timeout = 1, CommandTimeout = 1 }.ConnectionString);
        await using (await storage.Connections.Main.OpenConnectionAsync(Ct))
        {
        }

        JarvisDatabaseException hung;
        await server.Server.PauseAsync();
        try
        {
            hung = await Assert.ThrowsAsync<JarvisDatabaseException>(() => storage.Database.EnsureReadyAsync(Ct).AsTask());
        }
        finally
        {
            await server.Server.ContinueAsync();
        }

        Assert.Contains("cannot be reached: The operation has timed out. Check that the server runs", hung.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongPassword_BlocksWithoutSayingIt_UntilItIsRight()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """
            CREATE ROLE locked LOGIN SUPERUSER PASSWORD 'right-canary';
            DO $$ BEGIN
              EXECUTE format('COPY (VALUES (%L), (%L)) TO %L', 'host all locked 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 trust', current_setting('hba_file'));
            END $$;
            SELECT pg_reload_conf()
            """);
        string setting = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "locked", Password = "wrong-canary" }.ConnectionString;
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => new PostgresDatabase(setting, setting).ExecuteAsync("SELECT 1")) is PostgresException { SqlState: "28P01" }, Ct);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(setting);

        KillSwitchUnavailableException blocked = await BlockedAsync(jarvis);
        await database.ExecuteAsync("ALTER ROLE locked PASSWORD 'wrong-canary'");

        Assert.Contains("password authentication failed", blocked.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", blocked.ToString(), StringComparison.Ordinal);
        await WorksAgainAsync(jarvis);
    }

    /// <summary>The state can be read, so it rules; what cannot be written is the activation, and whoever tries hears so.</summary>
    [Fact]
    public async Task ReadOnly_StateStillRules_AndAChangeFailsWithTheReason()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using JarvisHarness jarvis = await StartAsync(database.ConnectionString);
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        await SetReadOnlyAsync(database, "SET default_transaction_read_only = on");
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => CallAsync(jarvis)) is KillSwitchActiveException, Ct);
        KillSwitchUnavailableException kept = await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => jarvis.Operator.DeactivateAsync("fine", "test", cancellationToken: Ct));
        KillSwitchUnavailableException again = await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => jarvis.KillSwitch.ActivateAsync("again", "test", cancellationToken: Ct));
        Assert.All([kept, again], refused => Assert.Contains("read-only", refused.Message, StringComparison.Ordinal));
        await Assert.ThrowsAsync<KillSwitchActiveException>(() => CallAsync(jarvis));

        await SetReadOnlyAsync(database, "RESET default_transaction_read_only");
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => jarvis.Operator.DeactivateAsync("fine", "test", cancellationToken: Ct)) is null, Ct);
        await WorksAgainAsync(jarvis);
    }

    [Fact]
    public async Task TableLost_BlocksAndSaysWhatToDo_UntilThatIsDone()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using JarvisHarness jarvis = await StartAsync(database.ConnectionString);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        string before = await database.DumpAsync("--schema-only", "-t", "agent_state");
        await database.ExecuteAsync("DROP TABLE agent_state");
        KillSwitchUnavailableException blocked = await BlockedAsync(jarvis);
        Assert.Contains("jarvis db migrate", blocked.Message, StringComparison.Ordinal);

        using Cli.Tests.Fixtures.CommandLine commandLine = new();
        Cli.Tests.Fixtures.CliResult migrated = await commandLine.RunAsync("db", "migrate", "--database", database.ConnectionString);
        Assert.True(migrated.ExitCode == 0, migrated.All);

        // An empty table is no release, and what was put back is heard again.
        await Eventually.TrueAsync(async () => (await BlockedAsync(jarvis)).Message.Contains("kill_switch_audit", StringComparison.Ordinal), Ct);
        Assert.Equal(before, await database.DumpAsync("--schema-only", "-t", "agent_state"));
        await jarvis.Operator.DeactivateAsync("looked at it", "test", cancellationToken: Ct);
        await WorksAgainAsync(jarvis);
    }

    [Fact]
    public async Task RowLostAfterAnActivation_BlocksUntilAnOperatorReleases()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using JarvisHarness jarvis = await StartAsync(database.ConnectionString);
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        await database.ExecuteAsync("DELETE FROM agent_state");
        KillSwitchUnavailableException blocked = await BlockedAsync(jarvis);
        Assert.Contains("kill_switch_audit", blocked.Message, StringComparison.Ordinal);

        await jarvis.Operator.DeactivateAsync("looked at it", "test", cancellationToken: Ct);
        await WorksAgainAsync(jarvis);
    }

    private static async Task<JarvisHarness> StartAsync(string setting)
    {
        JarvisHarness jarvis = await JarvisHarness.StartAsync(
            setting, options => options.Ledger.StoreTimeout = options.KillSwitch.ReadTimeout = new KillSwitchOptions().ReadTimeout);
        await CallAsync(jarvis);
        return jarvis;
    }

    private static Task CallAsync(JarvisHarness jarvis) => CallPath.Find("chat service").RunAsync(new CallRun(jarvis), Ct);

    /// <summary>Calls until the last good read is too old to serve, and then again: what is blocked stays blocked.</summary>
    private static async Task<KillSwitchUnavailableException> BlockedAsync(JarvisHarness jarvis)
    {
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => CallAsync(jarvis)) is KillSwitchUnavailableException, Ct);
        int requests = jarvis.Upstream.RequestCount;
        KillSwitchUnavailableException blocked = await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => CallAsync(jarvis));
        Assert.Equal(requests, jarvis.Upstream.RequestCount);
        return blocked;
    }

    private static Task WorksAgainAsync(JarvisHarness jarvis) => Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => CallAsync(jarvis)) is null, Ct);

    private static async Task<long> ConnectionsAsync(PostgresDatabase database) => (long)(await database.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"))!;

    private static Task SetReadOnlyAsync(PostgresDatabase database, string setting) => database.ExecuteAsync(
        $"SET TRANSACTION READ WRITE; ALTER DATABASE {database.Name} {setting}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.Name}' AND pid <> pg_backend_pid()");
}
