using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public class StopLinkTests
{
    private static readonly KillSwitchState Stop = new() { IsActive = true, Reason = "runaway" };

    [Fact]
    public void StoppedBetweenAttempts_EndsTheWaitAtOnce()
    {
        using HttpRequestMessage request = new();
        using StopLink link = new(request, default, CancellationToken.None);
        link.EnterAttempt();
        link.LeaveAttempt();

        link.Stop(Stop);

        Assert.Same(Stop, link.StoppedBy);
        Assert.True(link.Token.IsCancellationRequested);
    }

    [Fact]
    public void StoppedInAttempt_EndsTheWaitAfterIt()
    {
        using HttpRequestMessage request = new();
        using StopLink link = new(request, default, CancellationToken.None);
        link.EnterAttempt();

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
        link.EnterAttempt();
        link.EnterAttempt();
        link.LeaveAttempt();

        link.Stop(Stop);
        Assert.False(link.Token.IsCancellationRequested);

        link.LeaveAttempt();
        Assert.True(link.Token.IsCancellationRequested);
    }

    [Fact]
    public void CallerGivesUp_EndsTheAttemptAtOnce()
    {
        using HttpRequestMessage request = new();
        using CancellationTokenSource caller = new();
        using StopLink link = new(request, default, caller.Token);
        link.EnterAttempt();

        caller.Cancel();

        Assert.True(link.Token.IsCancellationRequested);
        Assert.Null(link.StoppedBy);
    }
}
