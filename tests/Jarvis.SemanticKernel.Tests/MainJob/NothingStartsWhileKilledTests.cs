using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>The first promise of the switch: while it is active no request leaves and no tool starts, on any path.</summary>
public class NothingStartsWhileKilledTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(CallPath.Names), MemberType = typeof(CallPath))]
    public async Task ActiveBefore_NothingLeaves(string name)
    {
        var path = CallPath.Find(name);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(path.Replies());
        CallRun run = new(jarvis);
        await jarvis.KillSwitch.ActivateAsync("the runaway of friday", "test", cancellationToken: Ct);

        KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(() => path.RunAsync(run, Ct));

        Assert.Equal("the runaway of friday", stopped.State.Reason);
        Assert.Equal((0, 0), (jarvis.Upstream.RequestCount, run.ToolsStarted));
    }

    [Theory]
    [MemberData(nameof(CallPath.Names), MemberType = typeof(CallPath))]
    public async Task Released_EveryPathWorksAgain(string name)
    {
        var path = CallPath.Find(name);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(path.Replies());
        CallRun run = new(jarvis);
        await jarvis.KillSwitch.ActivateAsync("a drill", "test", cancellationToken: Ct);
        await Assert.ThrowsAsync<KillSwitchActiveException>(() => path.RunAsync(run, Ct));
        await jarvis.Operator.DeactivateAsync("the drill is over", "test", cancellationToken: Ct);

        await path.RunAsync(run, Ct);

        Assert.Equal(path.Requests, jarvis.Upstream.RequestCount);
    }
}
