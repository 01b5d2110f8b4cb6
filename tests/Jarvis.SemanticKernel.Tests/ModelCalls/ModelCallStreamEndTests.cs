using System.Text;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>A stream does not end for its reader before its record is durable.</summary>
public class ModelCallStreamEndTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100_000)]
    public async Task Read_AtTheTerminalEvent_WaitsForTheRecord(int pieceSize)
    {
        byte[] body = Sample.Load(Sample.Streamed).Body;
        var durable = new TaskCompletionSource();
        using var call = new InMemoryCall(true, _ => Task.FromResult(InMemoryCall.StreamAnswer(new PiecedStream(PiecedStream.InPiecesOf(pieceSize, body)))))
        {
            Ledger = { Gate = durable.Task },
        };
        using HttpResponseMessage response = await call.SendAsync(Ct);
        await using Stream reader = await response.Content.ReadAsStreamAsync(Ct);
        using var delivered = new MemoryStream();

        Task reading = reader.CopyToAsync(delivered, Ct);
        AiCallRecord record = await call.Ledger.Asked.WaitAsync(Bound, Ct);

        // The record is on its way and nobody moves: what the reader has by now is all it gets until the record is durable.
        string before = Encoding.UTF8.GetString(delivered.ToArray());
        Assert.False(reading.IsCompleted);
        Assert.Equal(ExpectedCalls.Of(Sample.Streamed), ExpectedCall.Of(record));
        Assert.DoesNotContain("[DONE]\n\n", before, StringComparison.Ordinal);
        Assert.Contains("\"usage\"", before, StringComparison.Ordinal);
        durable.SetResult();
        await reading.WaitAsync(Bound, Ct);
        Assert.Equal(body, delivered.ToArray());
    }

    [Fact]
    public async Task Enumeration_AtItsEnd_WaitsForTheRecord()
    {
        var durable = new TaskCompletionSource();
        var ledger = new RecordingLedger { Gate = durable.Task };
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.AddSingleton<IAiCallLedger>(ledger));
        jarvis.Upstream.Enqueue(SimulatedReply.Text("one two three"));

        var reading = Task.Run(
            async () =>
            {
                await foreach (StreamingChatMessageContent part in jarvis.Chat(Tier.Mid).GetStreamingChatMessageContentsAsync("hello", cancellationToken: Ct))
                {
                    Assert.NotNull(part);
                }
            },
            Ct);
        await ledger.Asked.WaitAsync(Bound, Ct);

        Assert.False(reading.IsCompleted);
        durable.SetResult();
        await reading.WaitAsync(Bound, Ct);
        Assert.Equal(AiCallStatus.Ok, Assert.Single(ledger.Records).Status);
    }

    [Fact]
    public async Task Enumeration_WithTheFlowOfTheContextSuppressed_StreamsEveryRound()
    {
        // After its first await the connector runs without our scope: the round after a tool has only its request to tell what it is.
        var ledger = new RecordingLedger();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(
            configure: options => options.Resilience.MaxRetries = 0, register: services => services.AddSingleton<IAiCallLedger>(ledger));
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-work")), SimulatedReply.Text("done"));
        Kernel kernel = jarvis.Kernel;
        kernel.Plugins.AddFromFunctions("Tools", [KernelFunctionFactory.CreateFromMethod(async () => await Task.Yield(), "work")]);
        await using IAsyncEnumerator<StreamingChatMessageContent> parts = jarvis.Chat(Tier.Mid)
            .GetStreamingChatMessageContentsAsync("hello", new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }, kernel, Ct)
            .GetAsyncEnumerator(Ct);

        string text = "";
        while (await MoveNextAsync())
        {
            text += parts.Current.Content;
        }

        Assert.Equal("done", text);
        Assert.Equal([(AiCallStatus.Ok, true), (AiCallStatus.Ok, true)], ledger.Records.Select(record => (record.Status, record.IsStreamed)));

        Task<bool> MoveNextAsync()
        {
            using (ExecutionContext.SuppressFlow())
            {
                return parts.MoveNextAsync().AsTask();
            }
        }
    }

    [Fact]
    public async Task Reply_NotStreamed_WaitsForTheRecord()
    {
        var durable = new TaskCompletionSource();
        var ledger = new RecordingLedger { Gate = durable.Task };
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.AddSingleton<IAiCallLedger>(ledger));

        jarvis.Upstream.Enqueue(SimulatedReply.Text("hello"));
        Task<ChatMessageContent> asking = jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("hello", cancellationToken: Ct);
        await ledger.Asked.WaitAsync(Bound, Ct);

        Assert.False(asking.IsCompleted);
        durable.SetResult();
        Assert.Equal("hello", (await asking.WaitAsync(Bound, Ct)).Content);
    }

    [Fact]
    public async Task Dispose_AtTheHeldBytes_IsOk()
    {
        using var call = InMemoryCall.OfStream(new PiecedStream([Sample.Load(Sample.Streamed).Body]));
        using (HttpResponseMessage response = await call.SendAsync(Ct))
        {
            await using Stream reader = await response.Content.ReadAsStreamAsync(Ct);
            await ReadUntilAsync(reader, "\"upstream_inference_completions_cost\":0.000345");
        }

        Assert.Equal(ExpectedCalls.Of(Sample.Streamed), ExpectedCall.Of(Assert.Single(call.Ledger.Records)));
    }

    [Fact]
    public async Task Dispose_BeforeAnErrorThatHasArrived_IsTheError()
    {
        using var call = InMemoryCall.OfStream(new PiecedStream([Sample.Load(Sample.FailedMidStream).Body]));
        using (HttpResponseMessage response = await call.SendAsync(Ct))
        {
            await using Stream reader = await response.Content.ReadAsStreamAsync(Ct);
            await ReadUntilAsync(reader, " two steps are");
        }

        Assert.Equal(ExpectedCalls.Of(Sample.FailedMidStream), ExpectedCall.Of(Assert.Single(call.Ledger.Records)));
    }

    private static async Task ReadUntilAsync(Stream reader, string text)
    {
        byte[] buffer = new byte[64 * 1024];
        string read = "";
        while (!read.Contains(text, StringComparison.Ordinal))
        {
            int count = await reader.ReadAsync(buffer, Ct);
            Assert.NotEqual(0, count);
            read += Encoding.UTF8.GetString(buffer, 0, count);
        }
    }
}
