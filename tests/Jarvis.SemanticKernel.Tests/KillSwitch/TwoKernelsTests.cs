using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

/// <summary>Two containers in one process, each with its own cache. SQLite tells nobody of changes.</summary>
public class TwoKernelsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ActivatedInOneKernel_StopsTheOtherAtOnce()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness one = await StartAsync(database);
        await using JarvisHarness other = await StartAsync(database);
        await other.Chat("mid").GetChatMessageContentAsync("Work", cancellationToken: Ct);
        CancellationToken stop = other.KillSwitch.StopToken;

        await one.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(() => other.Chat("mid").GetChatMessageContentAsync("Work", cancellationToken: Ct));
        Assert.Equal("runaway", stopped.State.Reason);
        Assert.True(stop.IsCancellationRequested);
        Assert.Equal(1, other.Upstream.RequestCount);
    }

    [Fact]
    public async Task ActivatedInOneKernel_LeavesThoseOfOtherDatabasesAlone()
    {
        await using SqliteTestDatabase database = new();
        await using SqliteTestDatabase foreign = new();
        await using JarvisHarness one = await StartAsync(database);
        await using JarvisHarness other = await StartAsync(foreign);
        await other.KillSwitch.ThrowIfActiveAsync(Ct);

        await one.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        await other.KillSwitch.ThrowIfActiveAsync(Ct);
    }

    [Fact]
    public async Task OtherKernelIsDisposed_ActivationSucceeds()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness one = await StartAsync(database);
        await using (JarvisHarness other = await StartAsync(database))
        {
            await other.KillSwitch.ThrowIfActiveAsync(Ct);
        }

        await one.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => one.KillSwitch.ThrowIfActiveAsync(Ct).AsTask());
    }

    private static Task<JarvisHarness> StartAsync(SqliteTestDatabase database) =>
        JarvisHarness.StartAsync(database.Setting, options => options.KillSwitch.CacheDuration = TimeSpan.FromMinutes(1), isOwnProcess: false);
}
