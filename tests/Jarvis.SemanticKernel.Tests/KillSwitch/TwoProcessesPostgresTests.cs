using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.MainJob;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public sealed class TwoProcessesPostgresTests(PostgresServer server) : TwoProcessesTests
{
    [Fact]
    public async Task ServerUnreachable_BlocksAndSaysWhatToDo()
    {
        const string Nobody = "Host=127.0.0.1;Port=1;Database=none;Username=none;Password=canary-password";
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(Nobody);

        KillSwitchUnavailableException blocked = await Assert.ThrowsAsync<KillSwitchUnavailableException>(
            () => CallPath.Find("prompt").RunAsync(new CallRun(jarvis), TestContext.Current.CancellationToken));

        Assert.Contains("127.0.0.1:1", blocked.Message, StringComparison.Ordinal);
        Assert.Contains("Check that the server runs", blocked.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-password", blocked.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task NewestMigrationMissing_SwitchCanBeActivatedAllTheSame()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using JarvisHarness first = await JarvisHarness.StartAsync(database.ConnectionString);
        await first.KillSwitch.ThrowIfActiveAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync("DELETE FROM jarvis.migrations_history");
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.ConnectionString, options => options.AutoMigrate = false);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("true", await database.TextAsync("SELECT value->>'active' FROM agent_state WHERE key = 'kill_switch'"));
    }

    private protected override Task<TestDatabase> CreateDatabaseAsync() => PostgresTestDatabase.CreateAsync(server);
}
