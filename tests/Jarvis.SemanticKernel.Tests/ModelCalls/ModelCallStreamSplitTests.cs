using System.Text;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>However the network splits a stream, its reader gets the same bytes and its ledger the same record.</summary>
public class ModelCallStreamSplitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Streams => Sample.Streams;

    public static TheoryData<string, int> StreamsInPieces
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string name in new[] { Sample.Streamed, Sample.StreamedTools, Sample.FailedMidStream, Sample.FailedFirst })
            {
                foreach (int size in new[] { 1, 2, 3, 7 })
                {
                    data.Add(name, size);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Stream_SplitAtEveryByte_IsTheSame(string name)
    {
        byte[] body = Sample.Load(name).Body;
        for (int at = 0; at <= body.Length; at++)
        {
            await AssertSameAsync(name, body, [body.AsMemory(0, at), body.AsMemory(at)]);
        }
    }

    [Theory]
    [MemberData(nameof(StreamsInPieces))]
    public async Task Stream_InSmallPieces_IsTheSame(string name, int size)
    {
        byte[] body = Sample.Load(name).Body;
        foreach (int readSize in new[] { 1, 5, 4096 })
        {
            await AssertSameAsync(name, body, PiecedStream.InPiecesOf(size, body), readSize);
        }
    }

    [Theory]
    [MemberData(nameof(StreamsInPieces))]
    public async Task Stream_InSmallPiecesOverHttp_IsTheSame(string name, int size)
    {
        var ledger = new RecordingLedger();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(
            configure: options => options.Resilience.MaxRetries = 0,
            register: services => services.AddSingleton<IAiCallLedger>(ledger).AddSingleton<TimeProvider>(new FakeTimeProvider(ExpectedCalls.Now)));
        jarvis.Upstream.Enqueue(Sample.Load(name).Reply.InPiecesOf(size));

        (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: true, Ct);

        Assert.Equal(ExpectedReplies.Of(name), reply);
        Assert.Equal(ExpectedCalls.Of(name), ExpectedCall.Of(Assert.Single(ledger.Records)));
    }

    private static async Task AssertSameAsync(string name, byte[] body, IEnumerable<ReadOnlyMemory<byte>> pieces, int readSize = 16 * 1024)
    {
        using var call = InMemoryCall.OfStream(new PiecedStream(pieces));
        WireResult result = await call.RunAsync(Ct, readSize);
        ExpectedCall expected = ExpectedCalls.Of(name);
        if (expected.Status == AiCallStatus.Ok)
        {
            Assert.Null(result.Failure);
            Assert.True(body.AsSpan().SequenceEqual(result.Delivered), "The reader got other bytes than the upstream sent.");
        }
        else
        {
            Assert.Equal(ExpectedReplies.Of(name).Message, result.Refused.Error!.Message);
            Assert.True(body.AsSpan().StartsWith(result.Delivered), "The reader got other bytes than the upstream sent.");

            // Its first bytes pass before anybody can know what they begin; the blank line that makes an event of them does not.
            Assert.DoesNotContain("\"finish_reason\":\"error\",\"native_finish_reason\":null}]}\n\n", Encoding.UTF8.GetString(result.Delivered), StringComparison.Ordinal);
        }

        // Outside of HTTP there is no X-Generation-Id: the id comes from the events.
        Assert.Equal(expected, result.Call);
    }
}
