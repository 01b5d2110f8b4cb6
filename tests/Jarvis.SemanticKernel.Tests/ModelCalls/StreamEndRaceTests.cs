using System.Text;
using Jarvis.SemanticKernel.ModelCalls;
using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>A limit and a reader that come to the end of a stream in the same moment: one of them says how it ended, and the other keeps quiet.</summary>
public class StreamEndRaceTests
{
    private const string Chunk = "data: {\"id\":\"gen-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    private const string Done = "data: [DONE]\n\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Limit_ThatLosesAgainstTheEnd_TakesNothingFromTheReader()
    {
        var time = new FakeTimeProvider();
        var upstream = new PiecedStream([Encoding.UTF8.GetBytes(Chunk), Encoding.UTF8.GetBytes(Chunk)]);
        (PhysicalCall call, Stream reader) = await StartAsync(upstream, time);
        byte[] buffer = new byte[4096];
        Assert.Equal(Chunk.Length, await reader.ReadAsync(buffer, Ct));

        Assert.True(call.EndBody(AiCallStatus.Ok, new AnswerFacts(), null));
        time.Advance(TimeSpan.FromMinutes(30));

        Assert.False(upstream.IsDisposed);
        Assert.Equal(Chunk.Length, await reader.ReadAsync(buffer, Ct));
        Assert.Equal(AiCallStatus.Ok, call.Context.Status);
    }

    [Fact]
    public async Task Reader_WhoComesToTheEndAfterALimit_GetsWhatTheRecordSays()
    {
        (PhysicalCall call, Stream reader) = await StartAsync(new PiecedStream([Encoding.UTF8.GetBytes(Chunk), Encoding.UTF8.GetBytes(Done)]), new FakeTimeProvider());
        byte[] buffer = new byte[4096];
        Assert.Equal(Chunk.Length, await reader.ReadAsync(buffer, Ct));

        Assert.True(call.EndBody(AiCallStatus.Timeout, new AnswerFacts(), "ReaderIdleTimeout"));

        ModelCallException late = await Assert.ThrowsAnyAsync<ModelCallException>(() => reader.ReadAsync(buffer, Ct).AsTask());
        Assert.Equal(AiCallStatus.Timeout, late.Status);
    }

    private static async Task<(PhysicalCall Call, Stream Reader)> StartAsync(PiecedStream upstream, TimeProvider time)
    {
        var context = new ModelCallContext(new HttpRequestMessage(HttpMethod.Post, "https://upstream.invalid"), "mid", "m", Ct) { IsStreaming = true };
        var call = new PhysicalCall(
            context,
            new ModelCallPipeline([]),
            (_, _) => Task.FromResult(InMemoryCall.StreamAnswer(upstream)),
            new JarvisRoutingOptions(),
            time,
            NullLogger.Instance,
            new TierRequest(new TierTarget("mid", "m"), null),
            new AttemptLimit(new DeadlineQueue(TimeSpan.FromHours(1), time), null, Ct));
        _ = call.RunAsync();
        HttpResponseMessage response = await call.Responded;
        return (call, await response.Content.ReadAsStreamAsync(Ct));
    }
}
