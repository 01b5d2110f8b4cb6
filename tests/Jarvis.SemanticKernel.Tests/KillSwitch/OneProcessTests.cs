using System.Reflection;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.Plugins;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

/// <summary>Several containers in one process, as a program has that builds kernels on their own. The cache lasts a minute: only a notification can explain what arrives.</summary>
public sealed class OneProcessTests(PostgresServer server)
{
    private const string Canary = "canary-password-71c3";

    private const string Listeners = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%listener'";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SeveralContainers_ListenOnOneConnection_AndHaveOneRow()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        List<JarvisHarness> containers = [];
        for (int i = 0; i < 4; i++)
        {
            // Not quite the same settings, the same database.
            JarvisHarness container = await StartAsync(database, $"Maximum Pool Size={10 + i}");
            containers.Add(container);
            await container.KillSwitch.ThrowIfActiveAsync(Ct);
        }

        await HeardAsync(database);
        await UntilAsync(database, "SELECT count(*) FROM jarvis.processes", 1);
        Assert.Equal(1L, await database.ScalarAsync(Listeners));

        await database.ExecuteAsync("""INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true}')""");
        await Eventually.TrueAsync(() => Task.FromResult(containers.TrueForAll(container => container.KillSwitch.StopToken.IsCancellationRequested)), Ct);
        await UntilAsync(database, "SELECT switch_version - version FROM jarvis.processes, jarvis.kill_switch_version", 0);

        // Whoever listened may be among them.
        await containers[0].DisposeAsync();
        await containers[3].DisposeAsync();
        await HeardAsync(database);
        await database.ExecuteAsync("""UPDATE agent_state SET value = '{"active":false}'""");
        await Eventually.TrueAsync(() => Task.FromResult(containers[1..3].TrueForAll(container => !container.KillSwitch.StopToken.IsCancellationRequested)), Ct);
        Assert.Equal(1L, await database.ScalarAsync(Listeners));
        Assert.Equal(1L, await database.ScalarAsync("SELECT count(*) FROM jarvis.processes"));

        await containers[1].DisposeAsync();
        await containers[2].DisposeAsync();
        await UntilAsync(database, Listeners, 0);
        Assert.Equal(0L, await database.ScalarAsync("SELECT count(*) FROM jarvis.processes"));
        Assert.DoesNotContain(ObjectGraph.ReachableFrom(KillSwitchHubs.OfThisProcess).SelectMany(Texts), text => text.Contains(Canary, StringComparison.Ordinal));
    }

    [Fact]
    public async Task HeartbeatOff_ListensAndHasNoRow()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using JarvisHarness silent = await StartAsync(database, "", options => options.KillSwitch.Heartbeat = false);
        await silent.KillSwitch.ThrowIfActiveAsync(Ct);
        await HeardAsync(database);
        await silent.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        IKillSwitchProcesses processes = silent.Services.GetRequiredService<IKillSwitchProcesses>();

        KillSwitchProcessReport report = await processes.GetProcessesAsync(Ct);

        Assert.Empty(report.Processes);
        Assert.Equal(2, report.CurrentVersion);
    }

    [Fact]
    public async Task RowThatCannotBeWritten_HurtsNoCall()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using JarvisHarness jarvis = await StartAsync(database, "");
        await jarvis.Services.GetRequiredService<IJarvisDatabase>().EnsureReadyAsync(Ct);
        await database.ExecuteAsync("DROP TABLE jarvis.processes");

        await jarvis.Chat("mid").GetChatMessageContentsAsync(new("Work"), cancellationToken: Ct);
        await HeardAsync(database);
        await database.ExecuteAsync("""INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true}')""");

        await Eventually.TrueAsync(() => Task.FromResult(jarvis.KillSwitch.StopToken.IsCancellationRequested), Ct);
    }

    private static IEnumerable<string> Texts(object holder) =>
        from field in holder.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        where field.FieldType == typeof(string)
        select (string?)field.GetValue(holder) ?? "";

    private static Task HeardAsync(PostgresDatabase database) => UntilAsync(database, $"{Listeners} AND query LIKE 'NOTIFY%'", 1);

    private static Task UntilAsync(PostgresDatabase database, string sql, long expected) =>
        Eventually.TrueAsync(async () => await database.ScalarAsync(sql) is { } value && (long)value == expected, Ct);

    private static Task<JarvisHarness> StartAsync(PostgresDatabase database, string setting, Action<JarvisRoutingOptions>? configure = null) => JarvisHarness.StartAsync(
        $"{new NpgsqlConnectionStringBuilder(database.ConnectionString) { Password = Canary }.ConnectionString};{setting}",
        options =>
        {
            options.KillSwitch.CacheDuration = TimeSpan.FromMinutes(1);

            // The first read of a busy machine.
            options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(20);
            configure?.Invoke(options);
        },
        isOwnProcess: false);
}
