using System.Text;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>What the event stream format allows beyond what OpenRouter was seen to send.</summary>
public class SseScannerTests
{
    private const string Start = """{"id":"gen-1","model":"m","provider":"P","choices":[{"index":0,"delta":{"content":"a"}}]}""";
    private const string Usage = """{"id":"gen-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"cost":0.25}}""";

    private static readonly ExpectedCall Whole = new(AiCallStatus.Ok, 200, "gen-1", "P", "m", 3, 2, CostUsd: 0.25m);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Spellings =>
    [
        $"data: {Start}\n\ndata: {Usage}\n\ndata: [DONE]\n\n",
        $"data: {Start}\r\n\r\ndata: {Usage}\r\n\r\ndata: [DONE]\r\n\r\n",
        $"data: {Start}\r\rdata: {Usage}\r\rdata: [DONE]\r\r",
        $"data: {Start}\r\n\ndata: {Usage}\n\r\ndata: [DONE]\r\r\n",
        $"\uFEFFdata: {Start}\n\ndata: {Usage}\n\ndata: [DONE]\n\n",
        $"\uFEFF: OPENROUTER PROCESSING\n\ndata: {Start}\n\ndata: {Usage}\n\ndata: [DONE]\n\n",
        $"data:{Start}\n\ndata:{Usage}\n\ndata:[DONE]\n\n",
        $": \n\n: \n\ndata: {Start}\n: \n\n: \n\n:\n\ndata: {Usage}\n\n: \ndata: [DONE]\n: \n\n",
        $"event: message\nid: 1\nretry: 5\ndata: {Start}\n\nevent: message\ndata: {Usage}\nid: 2\n\nevent: x\ndata: [DONE]\n\n",
        $"\n\n\ndata: {Start}\n\n\n\ndata: {Usage}\n\n\n\ndata: [DONE]\n\n\n\n",
        $"data: {Start.Replace(",", ",\ndata: ", StringComparison.Ordinal)}\n\ndata: {Usage.Replace(",", ",\r\n: between\r\ndata:", StringComparison.Ordinal)}\n\ndata: [DONE]\n\n",
        $"data: {Start}\n\ndata: {Usage}\n\ndata: [DONE]\n\n: after the end\n\n",
        $"data: {Start}\n\ndata: {Usage}\n\ndata: [DONE]\n",
        $"data: {Start}\n\ndata: {Usage}\n\ndata: [DONE]",
    ];

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Stream_InEverySpellingAndSplit_IsReadAndPassedUnchanged(string events)
    {
        byte[] body = Encoding.UTF8.GetBytes(events);
        for (int at = 0; at <= body.Length; at++)
        {
            await AssertWholeAsync(body, [body.AsMemory(0, at), body.AsMemory(at)]);
        }

        await AssertWholeAsync(body, PiecedStream.InPiecesOf(1, body));
    }

    [Fact]
    public async Task Stream_WithAnEventOfOneMegabyte_IsReadAndPassedUnchanged()
    {
        string big = Start.Replace("\"a\"", $"\"{new string('x', 1024 * 1024)}\"", StringComparison.Ordinal);
        byte[] body = Encoding.UTF8.GetBytes($"data: {big}\n\ndata: {Usage}\n\ndata: [DONE]\n\n");

        await AssertWholeAsync(body, [body]);
        await AssertWholeAsync(body, PiecedStream.InPiecesOf(1000, body));
    }

    [Fact]
    public async Task Stream_WithAnEventOfManyLines_IsNotReadAnewAtEachOfThem()
    {
        // Read anew at each of its lines, this event would take minutes.
        string lines = string.Concat(Enumerable.Repeat("data: 1234567890,\n", 100_000));
        byte[] body = Encoding.UTF8.GetBytes(
            $"data: {{\"id\":\"gen-1\",\"model\":\"m\",\"provider\":\"P\",\"many\":[\n{lines}data: 0],\ndata: \"choices\":[{{}}]}}\n\ndata: {Usage}\n\ndata: [DONE]\n\n");

        await Task.Run(() => AssertWholeAsync(body, [body]), Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    private static async Task AssertWholeAsync(byte[] body, IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        using var call = InMemoryCall.OfStream(new PiecedStream(pieces));
        WireResult result = await call.RunAsync(Ct);
        Assert.Null(result.Failure);
        Assert.True(body.AsSpan().SequenceEqual(result.Delivered), $"The reader got other bytes than the upstream sent: {result.Text}");
        Assert.Equal(Whole, result.Call);
    }
}
