using Jarvis.SemanticKernel.ModelCalls;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>One limit for many calls: each is held to it as if it had a timer of its own.</summary>
public class DeadlineQueueTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly CountingClock _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Deadline_PassesWhenItsLimitHasPassedAndNotBefore()
    {
        var queue = new DeadlineQueue(Limit, _clock);
        TestDeadline first = Add(queue);
        _clock.Advance(TimeSpan.FromMinutes(1));
        TestDeadline second = Add(queue);

        _clock.Advance(TimeSpan.FromMinutes(4) - Tick);
        Assert.False(first.HasPassed);
        _clock.Advance(Tick);
        Assert.True(first.HasPassed);

        _clock.Advance(TimeSpan.FromMinutes(1) - Tick);
        Assert.False(second.HasPassed);
        _clock.Advance(Tick);
        Assert.True(second.HasPassed);
    }

    [Fact]
    public void Deadline_AfterTheQueueWasEmpty_PassesAtItsOwnTime()
    {
        var queue = new DeadlineQueue(Limit, _clock);
        Add(queue);
        _clock.Advance(Limit * 3);
        TestDeadline late = Add(queue);

        _clock.Advance(Limit - Tick);
        Assert.False(late.HasPassed);
        _clock.Advance(Tick);
        Assert.True(late.HasPassed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Deadline_TakenOut_NeverPassesAndLeavesTheOthers(int index)
    {
        var queue = new DeadlineQueue(Limit, _clock);
        TestDeadline[] deadlines = [Add(queue), Add(queue), Add(queue)];

        queue.Remove(deadlines[index]);
        queue.Remove(deadlines[index]);
        _clock.Advance(Limit);

        Assert.All(deadlines, (deadline, i) => Assert.Equal(i != index, deadline.WaitForPass(i == index ? TimeSpan.Zero : Bound)));
        _clock.Advance(Limit * 2);
        Assert.False(deadlines[index].HasPassed);
    }

    [Fact]
    public void Calls_ThatEndInTime_TouchNoTimer()
    {
        var queue = new DeadlineQueue(Limit, _clock);
        for (int i = 0; i < 10_000; i++)
        {
            TestDeadline deadline = Add(queue);
            queue.Remove(deadline);
        }

        Assert.Equal(1, _clock.TimersMade);
        Assert.Equal(1, _clock.TimesSet);
    }

    [Fact]
    public void Deadline_ThatTakesLongToPass_DoesNotHoldUpAnother()
    {
        var queue = new DeadlineQueue(Limit, _clock);
        TestDeadline[] deadlines = [Add(queue), Add(queue), Add(queue)];
        using var underWay = new CountdownEvent(2);
        int met = 0;
        Array.ForEach(deadlines[1..], deadline => deadline.OnPass = () =>
        {
            underWay.Signal();
            Interlocked.Add(ref met, underWay.Wait(Bound, Ct) ? 1 : 0);
        });

        _clock.Advance(Limit);

        Assert.All(deadlines, deadline => Assert.True(deadline.WaitForPass(Bound * 2)));
        Assert.Equal(2, met);
    }

    [Fact]
    public void Pass_DoesNotSeeWhatIsAroundWhoeverWasFirst()
    {
        var ambient = new AsyncLocal<string?> { Value = "somebody's" };
        var queue = new DeadlineQueue(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        string? seen = "nothing yet";
        var deadline = new TestDeadline { OnPass = () => seen = ambient.Value };
        queue.Add(deadline);

        Assert.True(deadline.WaitForPass(Bound));
        Assert.Null(seen);
    }

    [Fact]
    public async Task ManyCalls_OnARealClock_PassUnlessTheyAreTakenOut()
    {
        var queue = new DeadlineQueue(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        TestDeadline[][] all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Enumerable.Range(0, 5_000).Select(i =>
            {
                TestDeadline deadline = Add(queue);
                deadline.IsExpected = i % 10 == 0;
                if (!deadline.IsExpected)
                {
                    queue.Remove(deadline);
                }

                return deadline;
            }).ToArray(),
            Ct)));

        Assert.All(all.SelectMany(deadlines => deadlines).Where(deadline => deadline.IsExpected), deadline => Assert.True(deadline.WaitForPass(Bound)));
    }

    private static TestDeadline Add(DeadlineQueue queue)
    {
        var deadline = new TestDeadline();
        queue.Add(deadline);
        return deadline;
    }

    private sealed class TestDeadline : Deadline
    {
        private readonly TaskCompletionSource _passed = new();

        public Action? OnPass { get; set; }

        public bool IsExpected { get; set; }

        public bool HasPassed => _passed.Task.IsCompleted;

        public bool WaitForPass(TimeSpan bound) => _passed.Task.Wait(bound, Ct);

        internal override void Pass()
        {
            OnPass?.Invoke();
            _passed.SetResult();
        }
    }

    private sealed class CountingClock : FakeTimeProvider
    {
        public int TimersMade { get; private set; }

        public int TimesSet { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            TimersMade++;
            return new CountingTimer(this, base.CreateTimer(callback, state, dueTime, period));
        }

        private sealed class CountingTimer(CountingClock clock, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                clock.TimesSet++;
                return timer.Change(dueTime, period);
            }

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
