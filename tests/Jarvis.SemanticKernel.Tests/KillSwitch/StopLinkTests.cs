using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public class StopLinkTests
{
    private static readonly KillSwitchState Stop = new() { IsActive = true, Reason = "runaway" };

    [Fact]
    public void StoppedBetweenAttempts_EndsTheWaitAtOnce()
    {
        using HttpRequestMessage request = new();
        using StopLink link = new(request, default, CancellationToken.None);
        link.EnterAttempt(Attempt(request));
        link.LeaveAttempt();

        link.Stop(Stop);

        Assert.Same(Stop, link.StoppedBy);
        Assert.True(link.Token.IsCancellationRequested);
        Assert.Same(Stop, link.EnterAttempt(Attempt(request)));
    }

    [Fact]
    public async Task StoppedDuringTheWait_EndsIt()
    {
        using HttpRequestMessage request = new();
        using StopLink link = new(request, default, CancellationToken.None);
        link.EnterAttempt(Attempt(request));
        link.LeaveAttempt();
        Task waiting = Task.Delay(Timeout.InfiniteTimeSpan, link.Token);

        link.Stop(Stop);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void StoppedDuringASecondAttempt_EndsTheWaitAfterIt()
    {
        using HttpRequestMessage request = new();
        using StopLink link = new(request, default, CancellationToken.None);
        link.EnterAttempt(Attempt(request));
        link.LeaveAttempt();
        CancellationToken token = link.Token;
        Assert.Null(link.EnterAttempt(Attempt(request)));

        link.Stop(Stop);
        Assert.False(token.IsCancellationRequested);

        link.LeaveAttempt();
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public void StoppedBeforeTheFirstAttempt_LetsNoneBegin()
    {
        using HttpRequestMessage request = new();
        using StopLink link = new(request, default, CancellationToken.None);

        link.Stop(Stop);

        Assert.Same(Stop, link.EnterAttempt(Attempt(request)));
    }

    [Fact]
    public async Task StopAndEnterAtOnce_TheAttemptIsRefusedOrKnown()
    {
        for (int round = 0; round < 2000; round++)
        {
            using HttpRequestMessage request = new();
            using StopLink link = new(request, default, CancellationToken.None);
            Task stopping = Task.Run(() => link.Stop(Stop), TestContext.Current.CancellationToken);

            bool hasBegun = link.EnterAttempt(Attempt(request)) is null;
            await stopping;

            // What began before the stop finishes; what waits after it does not begin again.
            if (hasBegun)
            {
                Assert.False(link.Token.IsCancellationRequested);
                link.LeaveAttempt();
            }

            Assert.True(link.Token.IsCancellationRequested);
        }
    }

    [Fact]
    public void StoppedInAttempt_EndsTheWaitAfterIt()
    {
        using HttpRequestMessage request = new();
        using StopLink link = new(request, default, CancellationToken.None);
        link.EnterAttempt(Attempt(request));

        link.Stop(Stop);
        Assert.False(link.Token.IsCancellationRequested);

        link.LeaveAttempt();
        Assert.True(link.Token.IsCancellationRequested);
    }

    [Fact]
    public void StoppedAfterAnswerWhileFiltersAreStillBusyWithIt_LeavesThemTheirToken()
    {
        // The switch's filter stands twice in the chain: the users' filters run between its outer and its inner pass.
        using HttpRequestMessage request = new();
        using StopLink link = new(request, default, CancellationToken.None);
        link.EnterAttempt(Attempt(request));
        link.EnterAttempt(Attempt(request));
        link.LeaveAttempt();

        link.Stop(Stop);
        Assert.False(link.Token.IsCancellationRequested);

        link.LeaveAttempt();
        Assert.True(link.Token.IsCancellationRequested);
    }

    [Fact]
    public void CallerGivesUp_EndsTheWait()
    {
        using HttpRequestMessage request = new();
        using CancellationTokenSource caller = new();
        using StopLink link = new(request, default, caller.Token);
        link.EnterAttempt(Attempt(request));

        caller.Cancel();

        Assert.True(link.Token.IsCancellationRequested);
        Assert.Null(link.StoppedBy);
    }

    [Fact]
    public async Task CutInAttempt_TellsTheAttemptWhyBeforeItsTokenIsCancelled()
    {
        using HttpRequestMessage request = new();
        using StopLink link = new(request, default, CancellationToken.None);
        using AttemptLimit limit = new(new DeadlineQueue(TimeSpan.FromMinutes(1), TimeProvider.System), firstByteQueue: null, CancellationToken.None);
        ModelCallContext attempt = new(request, "mid", "m", limit.Token) { Limit = limit };
        link.EnterAttempt(attempt);
        TaskCompletionSource<Func<Exception>?> reason = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = limit.Token.Register(() => reason.SetResult(attempt.CutBy));

        link.Stop(Stop);
        Assert.False(limit.Token.IsCancellationRequested);
        link.Cut(Stop);

        Func<Exception>? makeException = await reason.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal("runaway", Assert.IsType<KillSwitchActiveException>(makeException!()).State.Reason);
    }

    [Fact]
    public void CutBeforeAttempt_AttemptKnowsFromItsBeginning()
    {
        using HttpRequestMessage request = new();
        using StopLink link = new(request, default, CancellationToken.None);
        link.Cut(Stop);

        ModelCallContext attempt = Attempt(request);
        Assert.Null(link.EnterAttempt(attempt));

        Assert.NotNull(attempt.CutBy);
    }

    [Fact]
    public void ReturnedWithAStream_IsWatchedUntilItEnds()
    {
        using HttpRequestMessage request = new();
        StopLink link = new(request, default, CancellationToken.None);
        bool isWatched = true;
        link.Watch = new Ending(() => isWatched = false);
        link.EnterAttempt(Attempt(request));

        link.Dispose();
        Assert.True(isWatched);

        link.LeaveAttempt();
        Assert.False(isWatched);
    }

    private static ModelCallContext Attempt(HttpRequestMessage request) => new(request, "mid", "m", CancellationToken.None);

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
