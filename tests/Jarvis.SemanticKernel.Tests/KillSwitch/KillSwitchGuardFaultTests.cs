using System.Data.Common;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

/// <summary>Whatever keeps the switch from being read closes it, and says so.</summary>
public class KillSwitchGuardFaultTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public static TheoryData<Exception> Failures { get; } =
    [
        new SqliteException("no such table: agent_state", 1),
        new TimeoutException("too slow"),
        new InvalidOperationException("a fault of the store"),
        new OperationCanceledException("cancelled, but not by the caller"),
        new ObjectDisposedException("pool"),
        new IOException("disk"),
        new NotSupportedException("engine"),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task StoreThrowsWhenRead_Blocks(Exception failure)
    {
        GuardUnderTest guard = new();
        guard.Store.OnReadAsync = () => throw failure;

        KillSwitchUnavailableException blocked = await Assert.ThrowsAsync<KillSwitchUnavailableException>(guard.CheckAsync);

        Assert.Same(failure, blocked.InnerException);
        Assert.Equal(failure is DbException, blocked.Message.Contains("jarvis db migrate", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task StoreThrowsWhenPrepared_BlocksAndPreparesAgain(Exception failure)
    {
        GuardUnderTest guard = new();
        guard.Store.OnPrepareAsync = _ => throw failure;
        await Assert.ThrowsAsync<KillSwitchUnavailableException>(guard.CheckAsync);
        guard.Store.OnPrepareAsync = _ => ValueTask.CompletedTask;

        await guard.CheckAsync();

        Assert.Equal(2, guard.Store.Prepares);
    }

    [Fact]
    public async Task ChangeHeardWhileAReadHangs_ReachesThoseWhoOnlyWait()
    {
        GuardUnderTest guard = new();
        TaskCompletionSource<string?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        guard.Store.OnReadAsync = () => answer.Task;
        Task asking = guard.CheckAsync();
        await Eventually.TrueAsync(() => Task.FromResult(guard.Store.Reads == 1), Ct);
        guard.Guard.Invalidate();
        guard.Clock.Advance(guard.Options.ReadTimeout);
        await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => asking);

        // What the old read saw, and what is there since.
        guard.Store.Value = FakeKillSwitchStore.Active;
        answer.SetResult(FakeKillSwitchStore.Open);

        await Eventually.TrueAsync(() => Task.FromResult(guard.Guard.StopToken.IsCancellationRequested), Ct);
    }

    [Fact]
    public async Task ReadHangs_ManyCallersWaitOnceForOneRead()
    {
        GuardUnderTest guard = new();
        TaskCompletionSource isReading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<string?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        guard.Store.OnReadAsync = () =>
        {
            isReading.TrySetResult();
            return answer.Task;
        };
        Task[] callers = [.. Enumerable.Range(0, 1000).Select(_ => guard.CheckAsync())];
        await isReading.Task.WaitAsync(Bound, Ct);

        guard.Clock.Advance(guard.Options.ReadTimeout - TimeSpan.FromMilliseconds(1));
        Assert.DoesNotContain(callers, caller => caller.IsCompleted);
        guard.Clock.Advance(TimeSpan.FromMilliseconds(1));

        foreach (Task caller in callers)
        {
            KillSwitchUnavailableException blocked = await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => caller.WaitAsync(Bound, Ct));
            Assert.Contains("500 ms", blocked.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, guard.Store.Reads);
    }

    [Fact]
    public async Task HungReadComesBackMinutesLater_IsNotBelieved()
    {
        GuardUnderTest guard = new();
        TaskCompletionSource<string?> hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
        guard.Store.OnReadAsync = () => hung.Task;
        Task first = guard.CheckAsync();
        await WaitForReadsAsync(guard, 1);
        guard.Clock.Advance(guard.Options.ReadTimeout);
        await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => first.WaitAsync(Bound, Ct));

        // Meanwhile another process has activated the switch; the hung read still carries what was true before.
        guard.Clock.Advance(TimeSpan.FromMinutes(5));
        Task second = guard.CheckAsync();
        guard.Store.Value = FakeKillSwitchStore.Active;
        hung.SetResult(FakeKillSwitchStore.Open);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => second.WaitAsync(Bound, Ct));
        Assert.Equal(2, guard.Store.Reads);
    }

    [Fact]
    public async Task FailureIsOver_WorksAgainAfterCacheTime()
    {
        GuardUnderTest guard = new();
        guard.Store.OnReadAsync = () => throw new IOException("disk");
        await Assert.ThrowsAsync<KillSwitchUnavailableException>(guard.CheckAsync);
        guard.Store.Value = FakeKillSwitchStore.Open;

        await Assert.ThrowsAsync<KillSwitchUnavailableException>(guard.CheckAsync);
        guard.LetCacheExpire();
        await guard.CheckAsync();

        Assert.Equal(2, guard.Store.Reads);
    }

    [Theory]
    [InlineData(FakeKillSwitchStore.Open)]
    [InlineData(FakeKillSwitchStore.Active)]
    public async Task ReadsFail_LastGoodReadServesUntilMaxStaleness(string value)
    {
        GuardUnderTest guard = new(options => options.MaxStaleness = TimeSpan.FromSeconds(10));
        guard.Store.Value = value;
        Exception? good = await Record.ExceptionAsync(guard.CheckAsync);
        guard.Store.OnReadAsync = () => throw new IOException("disk");

        for (int second = 1; second < 10; second++)
        {
            guard.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(good?.GetType(), (await Record.ExceptionAsync(guard.CheckAsync))?.GetType());
        }

        guard.Clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<KillSwitchUnavailableException>(guard.CheckAsync);
    }

    [Fact]
    public async Task ReadsFail_ByDefaultNothingStartsAfterCacheTime()
    {
        GuardUnderTest guard = new();
        await guard.CheckAsync();
        guard.Store.OnReadAsync = () => throw new IOException("disk");
        guard.LetCacheExpire();

        await Assert.ThrowsAsync<KillSwitchUnavailableException>(guard.CheckAsync);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("garbage")]
    [InlineData("""{"active":"yes"}""")]
    public async Task ReadSucceedsWithoutState_LastGoodReadDoesNotServe(string? value)
    {
        GuardUnderTest guard = new(options => options.MaxStaleness = TimeSpan.FromMinutes(1));
        await guard.CheckAsync();
        (guard.Store.OnReadAsync, guard.Store.NewestAuditAction) = (() => Task.FromResult(value), "activate");
        guard.LetCacheExpire();

        await Assert.ThrowsAsync<KillSwitchUnavailableException>(guard.CheckAsync);

        // Nor does it once reading fails too.
        guard.Store.OnReadAsync = () => throw new IOException("disk");
        guard.LetCacheExpire();
        await Assert.ThrowsAsync<KillSwitchUnavailableException>(guard.CheckAsync);
    }

    [Fact]
    public async Task ReadHangs_LastGoodReadServesUntilMaxStaleness()
    {
        GuardUnderTest guard = new(options => options.MaxStaleness = TimeSpan.FromSeconds(10));
        await guard.CheckAsync();
        TaskCompletionSource<string?> hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
        guard.Store.OnReadAsync = () => hung.Task;
        guard.LetCacheExpire();

        Task check = guard.CheckAsync();
        guard.Clock.Advance(guard.Options.ReadTimeout);
        await check.WaitAsync(Bound, Ct);
    }

    [Fact]
    public async Task ActivationCannotBeWritten_SaysSo()
    {
        GuardUnderTest guard = new();
        guard.Store.OnActivateAsync = () => throw new SqliteException("database is locked", 5);

        KillSwitchUnavailableException failed = await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => guard.Switch.ActivateAsync("runaway", "test", cancellationToken: Ct));

        Assert.Contains("database is locked", failed.Message, StringComparison.Ordinal);
    }

    private static Task WaitForReadsAsync(GuardUnderTest guard, int reads) => Fixtures.Eventually.TrueAsync(() => Task.FromResult(guard.Store.Reads == reads), Ct);
}
