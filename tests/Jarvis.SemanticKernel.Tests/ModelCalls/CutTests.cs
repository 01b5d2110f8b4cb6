using System.Text;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>An answer that is cut, wherever, is never a short success, and its record never says more than what arrived whole.</summary>
public class CutTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Streams => Sample.Streams;

    public static TheoryData<string> Bodies => [.. Sample.Names.Where(name => ExpectedCalls.Of(name) is { HttpStatus: 200 } && !Sample.Load(name).IsStream)];

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task Stream_CutAtEveryByte_IsAnException(string name)
    {
        byte[] body = Sample.Load(name).Body;
        for (int at = 0; at < body.Length; at++)
        {
            foreach (Func<CancellationToken, Task>? end in new Func<CancellationToken, Task>?[] { PiecedStream.CutAsync, null })
            {
                using var call = InMemoryCall.OfStream(new PiecedStream([body.AsMemory(0, at)], end));
                AssertCut(name, Encoding.UTF8.GetString(body, 0, at), await call.RunAsync(Ct), isClean: end is null);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(300)]
    [InlineData(1200)]
    [InlineData(2500)]
    [InlineData(2570)]
    public async Task Stream_CutOverHttp_IsAnException(int at)
    {
        var ledger = new RecordingLedger();
        await using JarvisHarness jarvis = await StartAsync(ledger);
        var sample = Sample.Load(Sample.Streamed);
        jarvis.Upstream.Enqueue(sample.Reply.CutAfterBytes(at));

        (ExpectedReply reply, ModelCallException? failure) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: true, Ct);

        Assert.Equal(AiCallStatus.Cut, failure!.Status);
        Assert.StartsWith(reply.Text, ExpectedReplies.Of(Sample.Streamed).Text, StringComparison.Ordinal);
        ExpectedCall record = ExpectedCall.Of(Assert.Single(ledger.Records));
        Assert.Equal((AiCallStatus.Cut, "gen-1786900230-bN4vS9xKq2WfE7yRa0Lp", "failure=ResponseEnded"), (record.Status, record.GenerationId, record.Error));
        Assert.Equal(at > 2550 ? 0.00171m : null, record.CostUsd);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_CutAtEveryByte_IsAnException(string name)
    {
        byte[] body = Sample.Load(name).Body.AsSpan().TrimEnd("\n"u8).ToArray();
        for (int at = 0; at < body.Length; at++)
        {
            // As Content-Length and chunked end when they are cut, and as a body ends that only the end of its connection delimits.
            using var broken = new InMemoryCall(false, _ => Task.FromResult(Answer(body.AsMemory(0, at), PiecedStream.CutAsync)));
            WireResult cut = await broken.RunAsync(Ct);
            Assert.Equal(AiCallStatus.Cut, cut.Refused.Status);
            Assert.Equal(new ExpectedCall(AiCallStatus.Cut, Error: "failure=ResponseEnded"), cut.Call);

            using var clean = new InMemoryCall(false, _ => Task.FromResult(Answer(body.AsMemory(0, at), end: null)));
            WireResult ended = await clean.RunAsync(Ct);
            Assert.Equal(AiCallStatus.Error, ended.Refused.Status);
            AssertNothingUntrue(ExpectedCalls.Of(name), ended.Call);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_CutOverHttp_IsAnException(bool isChunked)
    {
        var sample = Sample.Load("01-chat-success.json");
        for (int at = 0; at < sample.Body.Length - 2; at += 97)
        {
            var ledger = new RecordingLedger();
            await using JarvisHarness jarvis = await StartAsync(ledger);
            jarvis.Upstream.Enqueue(isChunked ? sample.Reply.CutAfterBytes(at).EndAfterChunks(2) : sample.Reply.CutAfterBytes(at));

            (ExpectedReply reply, ModelCallException? failure) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);

            Assert.Equal(new ExpectedReply(), reply);
            Assert.Equal(AiCallStatus.Cut, failure!.Status);
            Assert.Equal(
                new ExpectedCall(AiCallStatus.Cut, GenerationId: "gen-1786900101-Qk7ZpV3mXc9LtB2nHs4R", Error: "failure=ResponseEnded"),
                ExpectedCall.Of(Assert.Single(ledger.Records)));
        }
    }

    private static void AssertCut(string name, string arrived, WireResult result, bool isClean)
    {
        ExpectedCall expected = Expect(ExpectedCalls.Of(name), arrived, isClean);
        Assert.StartsWith(result.Text, arrived, StringComparison.Ordinal);
        Assert.Equal(expected, result.Call);
        Assert.Equal(expected.Status, (result.Failure as ModelCallException)?.Status ?? AiCallStatus.Ok);
    }

    private static void AssertNothingUntrue(ExpectedCall whole, ExpectedCall part)
    {
        Assert.Contains(part.Error, new[] { "failure=MalformedAnswer", whole.Error });
        Assert.Equal(
            whole with { Status = AiCallStatus.Error, Error = part.Error },
            part with
            {
                GenerationId = part.GenerationId ?? whole.GenerationId,
                Provider = part.Provider ?? whole.Provider,
                Model = part.Model ?? whole.Model,
                Prompt = part.Prompt ?? whole.Prompt,
                Completion = part.Completion ?? whole.Completion,
                Cached = part.Cached ?? whole.Cached,
                Reasoning = part.Reasoning ?? whole.Reasoning,
                CostUsd = part.CostUsd ?? whole.CostUsd,
            });
    }

    // A connection that breaks takes its last, unfinished event with it; one that ends in good order has delivered what stands in it.
    private static ExpectedCall Expect(ExpectedCall whole, string arrived, bool isClean)
    {
        const string lastOfEvent = ":null}]}";
        string blankLine = isClean ? "" : "\n\n";
        int error = arrived.IndexOf("\"error\":{", StringComparison.Ordinal);
        return arrived.Contains("data: [DONE]" + blankLine, StringComparison.Ordinal) ? whole
            : error >= 0 && arrived.IndexOf(isClean ? "\"}}" : lastOfEvent + blankLine, error, StringComparison.Ordinal) >= 0 ? whole
            : arrived.Contains(isClean ? "\"audio_tokens\":0}}" : "\"audio_tokens\":0}}}\n", StringComparison.Ordinal)
                ? whole with { Status = AiCallStatus.Cut, Error = "failure=ResponseEnded" }
            : arrived.Contains(lastOfEvent + blankLine, StringComparison.Ordinal)
                ? new ExpectedCall(AiCallStatus.Cut, 200, whole.GenerationId, whole.Provider, whole.Model, Error: "failure=ResponseEnded")
            : new ExpectedCall(AiCallStatus.Cut, Error: "failure=ResponseEnded");
    }

    private static HttpResponseMessage Answer(ReadOnlyMemory<byte> body, Func<CancellationToken, Task>? end) =>
        InMemoryCall.Answer(new StreamContent(new PiecedStream([body], end)), "application/json", 200);

    private static Task<JarvisHarness> StartAsync(RecordingLedger ledger) => JarvisHarness.StartAsync(
        configure: options => options.Resilience.MaxRetries = 0, register: services => services.AddSingleton<IAiCallLedger>(ledger));
}
