using System.Runtime.CompilerServices;
using Jarvis.SemanticKernel.Routing;

namespace Jarvis.SemanticKernel.Tests.Routing;

/// <summary>The scope of a streamed call is around each of its steps, and nowhere else.</summary>
public class ScopedStreamTests
{
    private readonly List<LogicalCall> _calls = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Step_RunsInTheScopeOfItsCall_AndTheReaderDoesNot(bool waits)
    {
        await using IAsyncEnumerator<string?> reader = Stream(token => Agents(waits, cancellationToken: token)).GetAsyncEnumerator(Ct);
        using (JarvisScope.Begin(agent: "outer"))
        {
            Assert.True(await reader.MoveNextAsync());
            Assert.Equal(("outer", 1), (reader.Current, _calls.Count));
            Assert.Null(AmbientCall.Current.Call);
        }

        using (JarvisScope.Begin(agent: "another"))
        {
            Assert.True(await reader.MoveNextAsync());
            Assert.Equal("outer", reader.Current);
            Assert.Equal("another", AmbientCall.Current.Attribution.Agent);
            Assert.Null(AmbientCall.Current.Call);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Step_OfAReaderWhoSuppressedTheFlow_LeavesNothingAroundIt(bool waits)
    {
        // What goes on behind a wait has no scope then, since nothing carries it there.
        IAsyncEnumerator<string?> reader = Stream(_ => Pieces(waits)).GetAsyncEnumerator(Ct);
        Task<bool> step;
        using (ExecutionContext.SuppressFlow())
        {
            step = reader.MoveNextAsync().AsTask();
            Assert.Null(AmbientCall.Current.Call);
        }

        Assert.True(await step.WaitAsync(TimeSpan.FromSeconds(30), Ct));
        await reader.DisposeAsync();
        Assert.Null(AmbientCall.Current.Call);
        Assert.Null(LogicalCall.Around());
    }

    [Fact]
    public async Task Enumeration_EachTime_IsACallOfItsOwn()
    {
        ScopedStream<string?> stream = Stream(token => Agents(waits: false, cancellationToken: token));
        Assert.Empty(_calls);

        for (int times = 1; times <= 2; times++)
        {
            await foreach (string? unused in stream)
            {
                Assert.Equal(times, _calls.Count);
            }
        }

        Assert.Equal(2, _calls.Count);
        Assert.All(_calls, call => Assert.True(call.Run.IsOver));
    }

    [Theory]
    [InlineData("end")]
    [InlineData("break")]
    [InlineData("failure")]
    [InlineData("stop")]
    public async Task Call_IsOver_HoweverItsEnumerationEnds(string how)
    {
        Exception? failure = await Record.ExceptionAsync(async () =>
        {
            await foreach (string? unused in Stream(token => Agents(waits: true, failsAt: how == "failure" ? 2 : 9, cancellationToken: token)))
            {
                Assert.False(_calls[0].Run.IsOver);
                if (how == "break")
                {
                    break;
                }

                if (how == "stop")
                {
                    _calls[0].Latch.Stop(new TimeoutException("stopped"));
                }
            }
        });

        Assert.Equal(how switch { "failure" => typeof(NotSupportedException), "stop" => typeof(TimeoutException), _ => null }, failure?.GetType());
        Assert.True(Assert.Single(_calls).Run.IsOver);
    }

    [Fact]
    public async Task Reader_AfterTheEnd_GetsNothingMore()
    {
        await using IAsyncEnumerator<string?> reader = Stream(token => Agents(waits: false, failsAt: 1, cancellationToken: token)).GetAsyncEnumerator(Ct);
        await Assert.ThrowsAsync<NotSupportedException>(() => reader.MoveNextAsync().AsTask());

        Assert.False(await reader.MoveNextAsync());
        Assert.Single(_calls);
    }

    [Fact]
    public async Task Reader_WhoNeverBegins_MakesNoCall()
    {
        IAsyncEnumerator<string?> reader = Stream(token => Agents(waits: false, cancellationToken: token)).GetAsyncEnumerator(Ct);
        await reader.DisposeAsync();

        Assert.False(await reader.MoveNextAsync());
        Assert.Empty(_calls);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Token_OfTheCallAndOfTheEnumeration_CancelAlike(bool hasGiven, bool hasOther)
    {
        using var given = new CancellationTokenSource();
        using var other = new CancellationTokenSource();
        foreach (CancellationTokenSource source in (CancellationTokenSource[])[.. hasGiven ? [given] : Array.Empty<CancellationTokenSource>(), .. hasOther ? [other] : Array.Empty<CancellationTokenSource>()])
        {
            CancellationToken seen = default;
            var stream = new ScopedStream<string?>(
                Begin,
                token =>
                {
                    seen = token;
                    return Agents(waits: true, cancellationToken: token);
                },
                hasGiven ? given.Token : default);
            await using IAsyncEnumerator<string?> reader = stream.GetAsyncEnumerator(hasOther ? other.Token : default);
            Assert.True(await reader.MoveNextAsync());
            Assert.False(seen.IsCancellationRequested);

            await source.CancelAsync();

            Assert.True(seen.IsCancellationRequested);
            if (hasGiven && hasOther)
            {
                return;
            }
        }
    }

    private static async IAsyncEnumerable<string?> Agents(bool waits, int failsAt = 9, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (int i = 1; i <= 3; i++)
        {
            if (waits)
            {
                await Task.Yield();
            }

            Assert.NotNull(AmbientCall.Current.Call);
            yield return i == failsAt ? throw new NotSupportedException() : AmbientCall.Current.Attribution.Agent;
        }
    }

    private static async IAsyncEnumerable<string?> Pieces(bool waits)
    {
        Assert.NotNull(AmbientCall.Current.Call);
        if (waits)
        {
            await Task.Yield();
        }

        yield return "piece";
    }

    private LogicalCall Begin()
    {
        _calls.Add(LogicalCall.Create("mid", "m", CallAttribution.None, isStreaming: true));
        return _calls[^1];
    }

    private ScopedStream<string?> Stream(Func<CancellationToken, IAsyncEnumerable<string?>> source) => new(Begin, source, CancellationToken.None);
}
