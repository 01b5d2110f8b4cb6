using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public class KillSwitchGuardTests
{
    private static readonly AsyncLocal<string?> Ambient = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyChecksAtOnce_OneReadASecond()
    {
        GuardUnderTest guard = new();
        for (int second = 1; second <= 3; second++)
        {
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(guard.CheckAsync, Ct)));
            Assert.Equal(second, guard.Store.Reads);
            guard.LetCacheExpire();
        }
    }

    [Fact]
    public async Task JustBeforeCacheExpires_NoRead()
    {
        GuardUnderTest guard = new();
        await guard.CheckAsync();
        guard.Clock.Advance(guard.Options.CacheDuration - TimeSpan.FromMilliseconds(1));

        await guard.CheckAsync();
        Assert.Equal(1, guard.Store.Reads);

        guard.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await guard.CheckAsync();
        Assert.Equal(2, guard.Store.Reads);
    }

    [Fact]
    public async Task FreshCache_ChecksAllocateNothing()
    {
        GuardUnderTest guard = new();
        await guard.CheckAsync();
        Check(1000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Check(1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Check(int times)
        {
            for (int i = 0; i < times; i++)
            {
                ValueTask check = guard.Guard.ThrowIfActiveAsync(CancellationToken.None);
                Assert.True(check.IsCompletedSuccessfully);
            }
        }
    }

    [Fact]
    public async Task NoCache_EveryCheckReads()
    {
        GuardUnderTest guard = new(options => options.CacheDuration = TimeSpan.Zero);
        for (int check = 1; check <= 3; check++)
        {
            await guard.CheckAsync();
            Assert.Equal(check, guard.Store.Reads);
        }
    }

    [Fact]
    public async Task ActiveState_ThrowsWithReasonAndIsCachedToo()
    {
        GuardUnderTest guard = new();
        guard.Store.Value = """{"active":true,"reason":"spent too much","activatedAt":"2026-03-04T05:06:07.000Z"}""";

        for (int i = 0; i < 10; i++)
        {
            KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(guard.CheckAsync);
            Assert.Equal(new KillSwitchState { IsActive = true, Reason = "spent too much", Since = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero) }, stopped.State);
            Assert.Contains("since 2026-03-04 05:06:07 UTC: spent too much", stopped.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, guard.Store.Reads);
    }

    [Fact]
    public async Task LocalActivation_HoldsAtOnceWhateverTheCacheSays()
    {
        GuardUnderTest guard = new();
        await guard.CheckAsync();

        await guard.Switch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(guard.CheckAsync);
    }

    [Fact]
    public async Task ReadThatBeganBeforeLocalActivation_DoesNotReopen()
    {
        GuardUnderTest guard = new();
        TaskCompletionSource<string?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        guard.Store.OnReadAsync = () => answer.Task;
        Task early = guard.CheckAsync();
        await guard.Switch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        answer.SetResult(FakeKillSwitchStore.Open);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => early);
        await Assert.ThrowsAsync<KillSwitchActiveException>(guard.CheckAsync);
    }

    [Fact]
    public async Task ReleaseAnswersAfterNewerActivation_DoesNotReopen()
    {
        GuardUnderTest guard = new();
        FakeReleaseStore releases = new();
        StoredKillSwitchOperator person = new(guard.Guard, guard.Store, releases, guard.Clock);
        await guard.CheckAsync();

        // The release is committed, its answer is on the way; the activation is committed after it and answers first.
        Task release = person.DeactivateAsync("fine again", "test", cancellationToken: Ct);
        guard.Store.Value = FakeKillSwitchStore.Active;
        await guard.Switch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        releases.Answer.SetResult();
        await release;

        await Assert.ThrowsAsync<KillSwitchActiveException>(guard.CheckAsync);
        Assert.True(guard.Switch.StopToken.IsCancellationRequested);
    }

    [Fact]
    public async Task Release_HoldsAtOnceWhateverTheCacheSays()
    {
        GuardUnderTest guard = new();
        FakeReleaseStore releases = new();
        StoredKillSwitchOperator person = new(guard.Guard, guard.Store, releases, guard.Clock);
        await guard.Switch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        releases.Answer.SetResult();

        await person.DeactivateAsync("fine again", "test", cancellationToken: Ct);

        Assert.False(guard.Switch.StopToken.IsCancellationRequested);
        await guard.CheckAsync();
    }

    [Fact]
    public async Task ReleaseCannotBeReadBack_IsNoFailureOfTheRelease()
    {
        GuardUnderTest guard = new();
        FakeReleaseStore releases = new();
        StoredKillSwitchOperator person = new(guard.Guard, guard.Store, releases, guard.Clock);
        await guard.Switch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        guard.Store.OnReadAsync = () => throw new IOException("disk");
        releases.Answer.SetResult();

        await person.DeactivateAsync("fine again", "test", cancellationToken: Ct);

        await Assert.ThrowsAsync<KillSwitchUnavailableException>(guard.CheckAsync);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SharedRead_SeesNoAmbientValuesOfTheFirstCaller(bool isSuppressed)
    {
        GuardUnderTest guard = new();
        string? seen = "never read";
        guard.Store.OnReadAsync = () =>
        {
            seen = Ambient.Value;
            return Task.FromResult<string?>(FakeKillSwitchStore.Open);
        };
        Ambient.Value = "the first caller";

        Task check;
        using (isSuppressed ? ExecutionContext.SuppressFlow() : default(IDisposable))
        {
            check = guard.CheckAsync();
        }

        await check;
        Assert.Null(seen);
    }

    [Fact]
    public async Task StopToken_CancelledWhileActiveAndNewAfterRelease()
    {
        GuardUnderTest guard = new();
        await guard.CheckAsync();
        CancellationToken first = guard.Switch.StopToken;
        Assert.False(first.IsCancellationRequested);

        guard.Store.Value = FakeKillSwitchStore.Active;
        guard.LetCacheExpire();
        await Assert.ThrowsAsync<KillSwitchActiveException>(guard.CheckAsync);
        Assert.True(first.IsCancellationRequested);
        Assert.True(guard.Switch.StopToken.IsCancellationRequested);

        guard.Store.Value = FakeKillSwitchStore.Open;
        guard.LetCacheExpire();
        await guard.CheckAsync();
        Assert.True(first.IsCancellationRequested);
        Assert.False(guard.Switch.StopToken.IsCancellationRequested);
    }

    [Fact]
    public async Task ListenerOfStopTokenThrows_ActivationSucceeds()
    {
        GuardUnderTest guard = new();
        await guard.CheckAsync();
        await using CancellationTokenRegistration listener = guard.Switch.StopToken.Register(() => throw new InvalidOperationException("a user's fault"));

        await guard.Switch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(guard.CheckAsync);
    }

    [Fact]
    public async Task CallerCancels_OnlyThatCallerStopsWaiting()
    {
        GuardUnderTest guard = new();
        TaskCompletionSource<string?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        guard.Store.OnReadAsync = () => answer.Task;
        using CancellationTokenSource impatience = new();
        Task impatient = guard.Guard.ThrowIfActiveAsync(impatience.Token).AsTask();
        Task patient = guard.CheckAsync();

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        answer.SetResult(FakeKillSwitchStore.Open);
        await patient;

        Assert.Equal(1, guard.Store.Reads);
    }

    [Fact]
    public async Task Changes_AreLoggedOnce()
    {
        GuardUnderTest guard = new();
        foreach (string value in (string[])[FakeKillSwitchStore.Open, FakeKillSwitchStore.Active, FakeKillSwitchStore.Active, "garbage", "garbage", FakeKillSwitchStore.Open])
        {
            guard.Store.Value = value;
            _ = await Record.ExceptionAsync(guard.CheckAsync);
            guard.LetCacheExpire();
        }

        Assert.Equal([3004, 3002, 3003], guard.Logs.GetSnapshot().Select(entry => entry.Id.Id));
    }
}
