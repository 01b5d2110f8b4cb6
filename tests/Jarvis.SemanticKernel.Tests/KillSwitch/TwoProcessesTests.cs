using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.MainJob;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

/// <summary>Two processes that share a database: two containers, each with its own cache and clock.</summary>
public abstract class TwoProcessesTests
{
    private static readonly TimeSpan CacheDuration = TimeSpan.FromSeconds(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(CallPath.Names), MemberType = typeof(CallPath))]
    public async Task ActivatedElsewhere_SeenWithinCacheTime_AndSoIsTheRelease(string name)
    {
        var path = CallPath.Find(name);
        FakeTimeProvider clock = new();
        await using TestDatabase database = await CreateDatabaseAsync();
        await using JarvisHarness other = await JarvisHarness.StartAsync(database.Setting);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, register: services => services.AddSingleton<TimeProvider>(clock));
        CallRun run = new(jarvis);
        await RunAsync();

        await other.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        clock.Advance(CacheDuration);
        await Assert.ThrowsAsync<KillSwitchActiveException>(RunAsync);
        Assert.Equal(path.Requests, jarvis.Upstream.RequestCount);

        await other.Operator.DeactivateAsync("a mistake", "test", cancellationToken: Ct);
        clock.Advance(CacheDuration);
        await RunAsync();
        Assert.Equal(2 * path.Requests, jarvis.Upstream.RequestCount);

        Task RunAsync()
        {
            jarvis.Upstream.Enqueue(path.Replies());
            return path.RunAsync(run, Ct);
        }
    }

    [Theory]
    [InlineData("kill_switch", true)]
    [InlineData("kill_switch:tier:mid", true)]
    [InlineData("kill_switch:goal:42", true)]
    [InlineData("kill_switch:provider:azure", true)]
    [InlineData("kill_switch:tier:cheap", false)]
    [InlineData("kill_switch:goal:43", false)]
    public async Task ActivatedAndReleasedElsewhereBetweenTwoReads_StopsTheRunsUnderWayThatItCovers(string key, bool isStopped)
    {
        var path = CallPath.Find("chat service, 2 rounds");
        FakeTimeProvider clock = new();
        await using TestDatabase database = await CreateDatabaseAsync();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, register: services => services.AddSingleton<TimeProvider>(clock));
        jarvis.Upstream.Enqueue(path.Replies());
        CallRun run = new(jarvis)
        {
            OnToolAsync = async (before, _) =>
            {
                if (before == 0)
                {
                    await database.ExecuteAsync(
                        $$$"""
                        INSERT INTO agent_state (key, value) VALUES ('{{{key}}}', '{"active":true,"reason":"for a moment"}');
                        UPDATE agent_state SET value = '{"active":false}' WHERE key = '{{{key}}}'
                        """);
                    clock.Advance(CacheDuration);
                }
            },
        };

        using (JarvisScope.Begin(goal: 42))
        {
            Exception? thrown = await Record.ExceptionAsync(() => path.RunAsync(run, Ct));

            Assert.Equal(isStopped, thrown is KillSwitchActiveException);
            Assert.Equal(isStopped ? 1 : path.Requests, jarvis.Upstream.RequestCount);

            // What begins afterwards is free.
            jarvis.Upstream.Reset();
            run.OnToolAsync = null;
            jarvis.Upstream.Enqueue(path.Replies());
            await path.RunAsync(run, Ct);
            Assert.Equal(path.Requests, jarvis.Upstream.RequestCount);
        }
    }

    [Fact]
    public async Task ScopedRowLost_AfterActivation_StaysClosedForWhatItCovers()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        await using JarvisHarness other = await JarvisHarness.StartAsync(database.Setting);
        await other.KillSwitch.ActivateAsync("runaway", "test", new KillSwitchActivation { Scope = KillSwitchScope.ForTier(Tier.Mid) }, Ct);
        await database.ExecuteAsync("DELETE FROM agent_state");
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);

        KillSwitchUnavailableException blocked = await Assert.ThrowsAsync<KillSwitchUnavailableException>(
            () => CallPath.Find("prompt").RunAsync(new CallRun(jarvis), Ct));
        await jarvis.Chat(Tier.Cheap).GetChatMessageContentAsync("Work", cancellationToken: Ct);

        Assert.Contains("kill_switch:tier:mid", blocked.Message, StringComparison.Ordinal);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
        await other.Operator.DeactivateAsync("found again", "test", KillSwitchScope.ForTier(Tier.Mid), Ct);
    }

    [Fact]
    public async Task RowLost_AfterActivation_StaysClosed()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        await using JarvisHarness other = await JarvisHarness.StartAsync(database.Setting);
        await other.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        await database.ExecuteAsync("DELETE FROM agent_state");
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);

        KillSwitchUnavailableException blocked = await Assert.ThrowsAsync<KillSwitchUnavailableException>(
            () => CallPath.Find("prompt").RunAsync(new CallRun(jarvis), Ct));

        Assert.Contains("kill_switch_audit", blocked.Message, StringComparison.Ordinal);
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task TableLost_BlocksAndSaysWhatToDo()
    {
        FakeTimeProvider clock = new();
        await using TestDatabase database = await CreateDatabaseAsync();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, register: services => services.AddSingleton<TimeProvider>(clock));
        await jarvis.KillSwitch.ThrowIfActiveAsync(Ct);
        await database.ExecuteAsync("DROP TABLE agent_state");
        clock.Advance(CacheDuration);

        KillSwitchUnavailableException blocked = await Assert.ThrowsAsync<KillSwitchUnavailableException>(
            () => CallPath.Find("chat service").RunAsync(new CallRun(jarvis), Ct));

        Assert.Contains("agent_state", blocked.Message, StringComparison.Ordinal);
        Assert.Contains("jarvis db migrate", blocked.Message, StringComparison.Ordinal);
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    /// <summary>What the message says to do helps, what was put back counts changes as before, and new rows of the audit are about what they are about.</summary>
    [Fact]
    public async Task TablesLost_MigratedAgain_WorkAsBefore()
    {
        FakeTimeProvider clock = new();
        await using TestDatabase database = await CreateDatabaseAsync();
        await using JarvisHarness other = await JarvisHarness.StartAsync(database.Setting);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, register: services => services.AddSingleton<TimeProvider>(clock));
        KillSwitchActivation scoped = new() { Scope = KillSwitchScope.ForTier(Tier.Strong) };
        await other.KillSwitch.ActivateAsync("too dear", "test", scoped, Ct);
        await jarvis.KillSwitch.ThrowIfActiveAsync(Ct);
        await database.ExecuteAsync("DROP TABLE agent_state; DROP TABLE kill_switch_audit");

        await other.Services.GetRequiredService<IJarvisDatabase>().MigrateAsync(Ct);

        // Nobody can tell any more what was active.
        clock.Advance(CacheDuration);
        await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => jarvis.KillSwitch.ThrowIfActiveAsync(Ct).AsTask());
        await other.Operator.DeactivateAsync("looked at it", "test", cancellationToken: Ct);
        Assert.Equal(
            [("deactivate", "test", KillSwitchScope.Global), ("activate", "db migrate", KillSwitchScope.Global)],
            (await other.KillSwitch.GetHistoryAsync(cancellationToken: Ct)).Select(entry => (entry.Action, entry.TriggeredBy, entry.Scope)));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => database.ExecuteAsync("UPDATE kill_switch_audit SET reason = 'nothing happened'"));
        clock.Advance(CacheDuration);
        await jarvis.KillSwitch.ThrowIfActiveAsync(Ct);

        // Without its triggers a stop and a release between two reads would not be seen.
        var path = CallPath.Find("chat service, 2 rounds");
        jarvis.Upstream.Enqueue(path.Replies());
        CallRun run = new(jarvis)
        {
            OnToolAsync = async (before, _) =>
            {
                if (before == 0)
                {
                    await database.ExecuteAsync(
                        """
                        UPDATE agent_state SET value = '{"active":true,"reason":"for a moment"}' WHERE key = 'kill_switch';
                        UPDATE agent_state SET value = '{"active":false}' WHERE key = 'kill_switch'
                        """);
                    clock.Advance(CacheDuration);
                }
            },
        };
        await Assert.ThrowsAsync<KillSwitchActiveException>(() => path.RunAsync(run, Ct));
    }

    [Fact]
    public async Task TablesLost_OfASwitchThatWasNeverUsed_MigratedAgain_AreOpen()
    {
        FakeTimeProvider clock = new();
        await using TestDatabase database = await CreateDatabaseAsync();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, register: services => services.AddSingleton<TimeProvider>(clock));
        await jarvis.KillSwitch.ThrowIfActiveAsync(Ct);
        await database.ExecuteAsync("DROP TABLE agent_state; DROP TABLE kill_switch_audit");

        await jarvis.Services.GetRequiredService<IJarvisDatabase>().MigrateAsync(Ct);

        clock.Advance(CacheDuration);
        await jarvis.KillSwitch.ThrowIfActiveAsync(Ct);
        Assert.Empty(await jarvis.KillSwitch.GetHistoryAsync(cancellationToken: Ct));
    }

    private protected abstract Task<TestDatabase> CreateDatabaseAsync();
}
