namespace Jarvis.SemanticKernel.Tests.KillSwitch;

/// <summary>One cached read for all switches.</summary>
public class ScopedGuardTests
{
    private const string Off = """{"active":false,"reason":"r"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LocalActivationOfATier_StopsItAtOnceAndMakesNothingElseFresher()
    {
        GuardUnderTest guard = new();
        await guard.CheckAsync();
        guard.Clock.Advance(guard.Options.CacheDuration - TimeSpan.FromMilliseconds(1));

        await guard.ActivateAsync(KillSwitchScope.ForTier("strong"));

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => guard.CheckAsync("strong"));
        await guard.CheckAsync("cheap");
        Assert.Equal(1, guard.Store.Reads);
        guard.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await guard.CheckAsync("cheap");
        Assert.Equal(2, guard.Store.Reads);
    }

    [Fact]
    public async Task LocalActivationOfATier_BeforeAnythingWasRead_IsNoReadOfTheOthers()
    {
        GuardUnderTest guard = new();
        await guard.ActivateAsync(KillSwitchScope.ForTier("strong"));
        guard.Store.Value = FakeKillSwitchStore.Active;

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => guard.CheckAsync("cheap"));
    }

    [Fact]
    public async Task LocalActivationOfATier_WhileReadingFails_OpensNothing()
    {
        GuardUnderTest guard = new();
        guard.Store.OnReadAsync = () => throw new IOException("disk");
        await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => guard.CheckAsync("cheap"));

        await guard.ActivateAsync(KillSwitchScope.ForTier("strong"));

        await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => guard.CheckAsync("cheap"));
    }

    [Fact]
    public async Task ReadThatBeganBeforeLocalActivationOfATier_DoesNotReopenAndIsUsed()
    {
        GuardUnderTest guard = new();
        TaskCompletionSource<string?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        guard.Store.OnReadAsync = () => answer.Task;
        Task strong = guard.CheckAsync("strong");
        Task cheap = guard.CheckAsync("cheap");
        await guard.ActivateAsync(KillSwitchScope.ForTier("strong"));

        answer.SetResult(Off);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => strong);
        await Assert.ThrowsAsync<KillSwitchActiveException>(() => guard.CheckAsync("strong"));
        await cheap;
        Assert.Equal(1, guard.Store.Reads);
    }

    [Fact]
    public async Task ReadsFail_ScopedStatesServeUntilMaxStaleness_LocalActivationIncluded()
    {
        GuardUnderTest guard = new(options => options.MaxStaleness = TimeSpan.FromSeconds(10));
        await guard.CheckAsync("strong");
        guard.Store.OnReadAsync = () => throw new IOException("disk");
        await guard.ActivateAsync(KillSwitchScope.ForTier("strong"));

        guard.Clock.Advance(TimeSpan.FromSeconds(9));
        await Assert.ThrowsAsync<KillSwitchActiveException>(() => guard.CheckAsync("strong"));
        await guard.CheckAsync("cheap");
        guard.Clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => guard.CheckAsync("cheap"));
    }

    [Fact]
    public async Task ScopedRowHoldsNoState_BlocksWhatItCoversAndSaysWhichRow()
    {
        GuardUnderTest guard = new(options => options.MaxStaleness = TimeSpan.FromSeconds(10));
        await guard.CheckAsync("strong");
        guard.Store.Scoped = [new("kill_switch:tier:strong", "\"off\"", null, 1)];
        guard.LetCacheExpire();

        KillSwitchUnavailableException blocked = await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => guard.CheckAsync("strong"));
        await guard.CheckAsync("cheap");

        Assert.Contains("kill_switch:tier:strong", blocked.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing of tier strong starts", blocked.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyChecksAtOnceWhileATierIsStopped_OneReadASecond()
    {
        GuardUnderTest guard = new();
        guard.Store.Scoped = [new("kill_switch:tier:strong", FakeKillSwitchStore.Active, null, 1)];
        for (int second = 1; second <= 3; second++)
        {
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Task.Run(
                async () => Assert.Equal(i % 2 == 0, await Record.ExceptionAsync(() => guard.CheckAsync(i % 2 == 0 ? "strong" : "cheap")) is KillSwitchActiveException), Ct)));
            Assert.Equal(second, guard.Store.Reads);
            guard.LetCacheExpire();
        }
    }

    [Fact]
    public async Task ChangesAreHeardDuringEveryRead_ReadsThatBeganAfterTheQuestionAnswerIt()
    {
        GuardUnderTest guard = new();
        int reads = 0;
        bool isOver = false;
        guard.Store.OnReadAsync = () =>
        {
            if (!Volatile.Read(ref isOver))
            {
                guard.Guard.Invalidate();
            }

            // Time passes again and again: on a busy machine the reads may have begun before the question's own limit.
            if (++reads % 100 == 0)
            {
                guard.Clock.Advance(guard.Options.ReadTimeout);
            }

            return Task.FromResult<string?>(FakeKillSwitchStore.Active);
        };

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => guard.CheckAsync("cheap").WaitAsync(TimeSpan.FromSeconds(30), Ct));

        // Else every read would be followed by another one until the last test has run.
        Volatile.Write(ref isOver, true);
    }

    [Fact]
    public async Task States_ListTheGlobalOneFirstAndWhatCannotBeTold()
    {
        GuardUnderTest guard = new();
        guard.Store.Scoped =
        [
            new("kill_switch:tier:strong", FakeKillSwitchStore.Active, null, 1), new("kill_switch:goal:1", Off, null, 1), new("kill_switch:agent:a", "garbage", null, 1),
            new("kill_switch:goal:2", null, "deactivate", 1),
        ];

        IReadOnlyList<KillSwitchState> states = await guard.Switch.GetStatesAsync(Ct);

        Assert.Equal(["global False", "agent:a True", "goal:1 False", "tier:strong True"], states.Select(state => $"{state.Scope} {state.IsActive}"));
        Assert.Equal([null, "the row", null, null], states.Select(state => state.Fault?[..7]));
        Assert.False((await guard.Switch.GetStateAsync(Ct)).IsActive);
    }

    [Fact]
    public async Task ChangesOfOneScope_AreLoggedOnce()
    {
        GuardUnderTest guard = new();
        foreach (string value in (string[])[Off, FakeKillSwitchStore.Active, FakeKillSwitchStore.Active, Off, Off, "garbage", "garbage", Off])
        {
            guard.Store.Scoped = [new("kill_switch:tier:strong", value, null, 1), new("kill_switch:goal:1", FakeKillSwitchStore.Active, null, 1)];
            await guard.CheckAsync();
            guard.LetCacheExpire();
        }

        Assert.Equal([3004, 3004, 3005, 3002, 3003], guard.Logs.GetSnapshot().Select(entry => entry.Id.Id));
        Assert.Contains("tier:strong", guard.Logs.GetSnapshot()[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GlobalRowHoldsNoState_StateCannotBeTold()
    {
        GuardUnderTest guard = new();
        guard.Store.Value = "garbage";

        await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => guard.Switch.GetStateAsync(Ct).AsTask());
        Assert.NotNull(Assert.Single(await guard.Switch.GetStatesAsync(Ct)).Fault);
    }

    [Fact]
    public async Task ThrowIfActiveAsync_AsksForTheScopeOfTheCode()
    {
        GuardUnderTest guard = new();
        guard.Store.Scoped = [new("kill_switch:goal:42", FakeKillSwitchStore.Active, null, 1), new("kill_switch:agent:planner", FakeKillSwitchStore.Active, null, 1)];
        await guard.Switch.ThrowIfActiveAsync(Ct);
        using (JarvisScope.Begin(goal: 42))
        {
            Assert.Equal("goal:42", (await Assert.ThrowsAsync<KillSwitchActiveException>(() => guard.Switch.ThrowIfActiveAsync(Ct).AsTask())).State.Scope.ToString());
        }

        using (JarvisScope.Begin(goal: 41, agent: "planner"))
        {
            Assert.Equal("agent:planner", (await Assert.ThrowsAsync<KillSwitchActiveException>(() => guard.Switch.ThrowIfActiveAsync(Ct).AsTask())).State.Scope.ToString());
        }

        await guard.Switch.ThrowIfActiveAsync(Ct);
    }

    [Theory]
    [InlineData("strong", "jarvis resume --tier strong \"…\"")]
    [InlineData("two words", "jarvis resume --tier 'two words' \"…\"")]
    [InlineData("$(rm -rf ~)'s", "jarvis resume --tier '$(rm -rf ~)'\\''s' \"…\"")]
    public async Task Exception_SaysWhatIsStoppedAndHowToReleaseIt(string tier, string command)
    {
        GuardUnderTest guard = new();
        await guard.CheckAsync(tier);
        await guard.ActivateAsync(KillSwitchScope.ForTier(tier));

        KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(() => guard.CheckAsync(tier));

        Assert.StartsWith($"The kill switch of tier {tier} is active since ", stopped.Message, StringComparison.Ordinal);
        Assert.EndsWith($": too dear. Nothing of tier {tier} starts until an operator releases it: {command}.", stopped.Message, StringComparison.Ordinal);
        Assert.Equal(KillSwitchScope.ForTier(tier), stopped.State.Scope);
    }
}
