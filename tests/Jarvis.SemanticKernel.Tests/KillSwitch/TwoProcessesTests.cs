using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.MainJob;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

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

    private protected abstract Task<TestDatabase> CreateDatabaseAsync();
}
