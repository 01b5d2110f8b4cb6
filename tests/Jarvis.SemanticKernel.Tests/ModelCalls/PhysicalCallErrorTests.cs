using System.Text;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>Errors in the places where an upstream hides them.</summary>
public class PhysicalCallErrorTests
{
    private const string Chunk = """{"id":"gen-1","model":"m","provider":"P","choices":[{"index":0,"delta":{"content":"half"},"finish_reason":null}]}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"code":502,"message":"boom"}""", 502, "code=502")]
    [InlineData("""{"code":"429","message":"boom"}""", 429, "code=429")]
    [InlineData("""{"code":"server_error","message":"boom"}""", 502, "code=502")]
    [InlineData("""{"code":200,"message":"boom"}""", 502, "code=502")]
    [InlineData("""{"code":1e9,"message":"boom"}""", 502, "code=502")]
    [InlineData("""{"message":"boom"}""", 502, "code=502")]
    [InlineData("""{"message":"boom","http_status":404,"error_type":"not_found"}""", 404, "code=404; error_type=not_found")]
    [InlineData("\"boom\"", 502, "code=502")]
    public async Task Body_WithAnErrorInside200_IsThatError(string error, int code, string recorded)
    {
        foreach (string json in new[]
        {
            $$"""{"id":"gen-1","error":{{error}}}""",
            $$"""{"id":"gen-1","choices":[],"error":{{error}}}""",
            $$"""{"id":"gen-1","choices":[{"index":0,"message":{"content":"half"},"finish_reason":"error","error":{{error}}}]}""",
            $$"""{"id":"gen-1","choices":[{"index":0,"message":{"content":"half"},"finish_reason":"stop","error":{{error}}}]}""",
        })
        {
            using var call = InMemoryCall.OfBody(Encoding.UTF8.GetBytes(json));
            WireResult result = await call.RunAsync(Ct);

            Assert.Equal((code, "boom", AiCallStatus.Error), (result.Refused.Error!.Code, result.Refused.Error.Message, result.Refused.Status));
            Assert.Equal(new ExpectedCall(AiCallStatus.Error, 200, "gen-1", Error: recorded), result.Call);
        }
    }

    [Fact]
    public async Task Body_FinishedWithError_IsAnErrorWithItsUsage()
    {
        using var call = InMemoryCall.OfBody(
            """{"id":"gen-1","choices":[{"message":{"content":"half"},"finish_reason":"error"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"cost":0.25}}"""u8.ToArray());
        WireResult result = await call.RunAsync(Ct);

        Assert.Equal(502, result.Refused.Error!.Code);
        Assert.Equal(new ExpectedCall(AiCallStatus.Error, 200, "gen-1", Prompt: 3, Completion: 2, CostUsd: 0.25m, Error: "code=502"), result.Call);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("<html><body>Bad gateway</body></html>")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":null}""")]
    [InlineData("""{"choices":[{}]} trailing""")]
    [InlineData("data: {\"choices\":[{}]}\n\n")]
    public async Task Body_ThatIsNoCompletion_IsAnError(string body)
    {
        using var call = InMemoryCall.OfBody(Encoding.UTF8.GetBytes(body), body.StartsWith('<') ? "text/html" : "application/json");
        WireResult result = await call.RunAsync(Ct);

        Assert.Equal(AiCallStatus.Error, result.Refused.Status);
        Assert.DoesNotContain("Bad gateway", result.Refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(new ExpectedCall(AiCallStatus.Error, 200, Error: "failure=MalformedAnswer"), result.Call);
    }

    [Theory]
    [InlineData("""{"id":"gen-1","model":"m","provider":"P","error":{"code":502,"message":"boom"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}""", "")]
    [InlineData("""{"id":"gen-1","error":{"code":"502","message":"boom"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}""", "data: [DONE]\n\n")]
    [InlineData("""{"error":{"code":502,"message":"boom"}}""", "data: [DONE]\n\n")]
    [InlineData("""{"id":"gen-1","choices":[{"index":0,"delta":{},"finish_reason":"error","error":{"code":502,"message":"boom"}}]}""", "")]
    public async Task Stream_WithAnErrorInTheMiddle_PassesWhatCameBeforeAndThrows(string error, string after)
    {
        using var call = InMemoryCall.OfStream($"data: {Chunk}\n\ndata: {error}\n\n{after}");
        WireResult result = await call.RunAsync(Ct);

        Assert.Equal($"data: {Chunk}\n\n", result.Text);
        Assert.Equal((502, "boom"), (result.Refused.Error!.Code, result.Refused.Error.Message));
        Assert.Equal(new ExpectedCall(AiCallStatus.Error, 200, "gen-1", "P", "m", Error: "code=502"), result.Call);
    }

    [Fact]
    public async Task Stream_WithAnErrorThatCarriesUsage_IsRecordedWithIt()
    {
        using var call = InMemoryCall.OfStream(
            $$$"""data: {{{Chunk}}}{{{"\n\n"}}}data: {"id":"gen-1","choices":[{"index":0,"delta":{},"finish_reason":null}],"error":{"code":500,"message":"boom"},"usage":{"prompt_tokens":3,"completion_tokens":2,"cost":0.25}}{{{"\n\n"}}}data: [DONE]{{{"\n\n"}}}""");
        WireResult result = await call.RunAsync(Ct);

        Assert.Equal(500, result.Refused.Error!.Code);
        Assert.Equal(new ExpectedCall(AiCallStatus.Error, 200, "gen-1", "P", "m", 3, 2, CostUsd: 0.25m, Error: "code=500"), result.Call);
    }

    [Theory]
    [InlineData("{\"choices\":[{]}")]
    [InlineData("<html>")]
    [InlineData("[1]")]
    [InlineData("")]
    public async Task Stream_WithAnEventThatIsNoObject_Throws(string data)
    {
        using var inTheMiddle = InMemoryCall.OfStream($"data: {Chunk}\n\ndata: {data}\n\ndata: [DONE]\n\n");
        WireResult result = await inTheMiddle.RunAsync(Ct);
        Assert.Equal($"data: {Chunk}\n\n", result.Text);
        Assert.Equal(AiCallStatus.Error, result.Refused.Status);
        Assert.Equal(new ExpectedCall(AiCallStatus.Error, 200, "gen-1", "P", "m", Error: "failure=MalformedEvent"), result.Call);

        using var atTheStart = InMemoryCall.OfStream($"data: {data}\n\ndata: [DONE]\n\n");
        Assert.Equal(new ExpectedCall(AiCallStatus.Error, 200, Error: "failure=MalformedAnswer"), (await atTheStart.RunAsync(Ct)).Call);
    }

    [Theory]
    [InlineData("data: [DONE]\n\n")]
    [InlineData("data: {\"id\":\"gen-1\",\"choices\":[]}\n\ndata: [DONE]\n\n")]
    public async Task Stream_ThatEndsWithoutAnyChoice_IsNoEmptyAnswer(string events)
    {
        using var call = InMemoryCall.OfStream(events);
        WireResult result = await call.RunAsync(Ct);

        Assert.Equal(AiCallStatus.Error, result.Refused.Status);
        Assert.Equal("failure=MalformedAnswer", result.Call.Error);
    }

    [Fact]
    public async Task StreamedCall_AnsweredInOnePiece_IsNoEmptyAnswer()
    {
        var sample = Sample.Load("01-chat-success.json");
        using var call = new InMemoryCall(true, _ => Task.FromResult(InMemoryCall.Answer(new ByteArrayContent(sample.Body), "application/json", 200)));
        WireResult result = await call.RunAsync(Ct);

        // The connector finds no event in it and would end an empty stream; what it cost is known all the same.
        Assert.Equal(AiCallStatus.Error, result.Refused.Status);
        Assert.Equal(ExpectedCalls.Of(sample.Name) with { Status = AiCallStatus.Error, Error = "failure=MalformedAnswer" }, result.Call);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Redirect_IsNotFollowed(bool streamed)
    {
        var ledger = new RecordingLedger();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.AddSingleton<IAiCallLedger>(ledger));
        jarvis.Upstream.Enqueue(SimulatedReply.Raw(307, [new("location", $"{jarvis.Upstream.Endpoint}/chat/completions")], default));

        (_, ModelCallException? failure) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);

        Assert.Equal(307, failure!.Error!.Code);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
        Assert.Equal(new ExpectedCall(AiCallStatus.Error, 307, Error: "code=307"), ExpectedCall.Of(Assert.Single(ledger.Records)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CompressedBody_ThatIsBroken_IsCut(bool streamed)
    {
        var ledger = new RecordingLedger();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(
            configure: options => options.Resilience.MaxRetries = 0, register: services => services.AddSingleton<IAiCallLedger>(ledger));
        byte[] broken = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        jarvis.Upstream.Enqueue(SimulatedReply.Raw(200, [new("content-type", streamed ? "text/event-stream" : "application/json"), new("content-encoding", "gzip")], broken));

        (_, ModelCallException? failure) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);

        Assert.Equal(AiCallStatus.Cut, failure!.Status);
        Assert.Equal(AiCallStatus.Cut, Assert.Single(ledger.Records).Status);
    }
}
