using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public class StopLinkTests
{
    [Fact]
    public void StoppedBetweenAttempts_EndsTheWaitAtOnce()
    {
        using HttpRequestMessage request = new();
        using CancellationTokenSource stop = new();
        using StopLink link = new(request, stop.Token, CancellationToken.None);
        link.EnterAttempt();
        link.LeaveAttempt();

        stop.Cancel();

        Assert.True(link.IsStopped);
        Assert.True(link.Token.IsCancellationRequested);
    }

    [Fact]
    public void StoppedInAttempt_EndsTheWaitAfterIt()
    {
        using HttpRequestMessage request = new();
        using CancellationTokenSource stop = new();
        using StopLink link = new(request, stop.Token, CancellationToken.None);
        link.EnterAttempt();

        stop.Cancel();
        Assert.False(link.Token.IsCancellationRequested);

        link.LeaveAttempt();
        Assert.True(link.Token.IsCancellationRequested);
    }

    [Fact]
    public void StoppedAfterAnswerWhileFiltersAreStillBusyWithIt_LeavesThemTheirToken()
    {
        // The switch's filter stands twice in the chain: the users' filters run between its outer and its inner pass.
        using HttpRequestMessage request = new();
        using CancellationTokenSource stop = new();
        using StopLink link = new(request, stop.Token, CancellationToken.None);
        link.EnterAttempt();
        link.EnterAttempt();
        link.LeaveAttempt();

        stop.Cancel();
        Assert.False(link.Token.IsCancellationRequested);

        link.LeaveAttempt();
        Assert.True(link.Token.IsCancellationRequested);
    }

    [Fact]
    public void CallerGivesUp_EndsTheAttemptAtOnce()
    {
        using HttpRequestMessage request = new();
        using CancellationTokenSource caller = new();
        using StopLink link = new(request, CancellationToken.None, caller.Token);
        link.EnterAttempt();

        caller.Cancel();

        Assert.True(link.Token.IsCancellationRequested);
        Assert.False(link.IsStopped);
    }
}
