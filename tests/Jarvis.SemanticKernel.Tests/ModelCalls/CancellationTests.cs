using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>Who gave a call up, and that its record is durable all the same.</summary>
public class CancellationTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Caller_CancelsBeforeTheHeaders_IsRecordedAsCancelled(bool streamed)
    {
        var ledger = new RecordingLedger();
        await using JarvisHarness jarvis = await StartAsync(ledger);
        jarvis.Upstream.Enqueue(SimulatedReply.Text("late").WaitFor(new TaskCompletionSource().Task));
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        Task asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, caller.Token);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct).WaitAsync(Bound, Ct);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(Bound, Ct));
        Assert.Equal(new ExpectedCall(AiCallStatus.Cancelled, HttpStatus: null), ExpectedCall.Of(Assert.Single(ledger.Records)));
        Assert.Equal(1, jarvis.Upstream.RequestCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Caller_CancelsInTheBody_IsRecordedAsCancelled(bool streamed)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sample = Sample.Load(streamed ? Sample.Streamed : "01-chat-success.json");
        using var call = new InMemoryCall(streamed, _ => Task.FromResult(InMemoryCall.Answer(
            new StreamContent(new PiecedStream([sample.Body.AsMemory(0, 700)], token =>
            {
                reached.TrySetResult();
                return PiecedStream.SilenceAsync(token);
            })),
            streamed ? "text/event-stream" : "application/json",
            200)));
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        Task<WireResult> reading = call.RunAsync(caller.Token);
        await reached.Task.WaitAsync(Bound, Ct);
        await caller.CancelAsync();
        WireResult result = await reading.WaitAsync(Bound, Ct);

        Assert.IsType<OperationCanceledException>(result.Failure, exactMatch: false);
        Assert.Equal(
            streamed ? new(AiCallStatus.Cancelled, 200, "gen-1786900230-bN4vS9xKq2WfE7yRa0Lp", "Anthropic", "anthropic/claude-sonnet-4.5") : new(AiCallStatus.Cancelled),
            result.Call);
    }

    [Fact]
    public async Task Caller_WhoCancelsAsTheHeadersArrive_IsNotHeldByAResponseThatNobodyDisposes()
    {
        // The SDK looks at the token between the response and its body, throws, and leaves the response as it is.
        var ledger = new RecordingLedger();
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services
            .AddSingleton<IAiCallLedger>(ledger)
            .AddSingleton<TimeProvider>(new FakeTimeProvider())
            .ConfigureHttpClientDefaults(client => client.AddHttpMessageHandler(() => new CancelAfterResponse(caller))));
        jarvis.Upstream.Enqueue(SimulatedReply.Text("one two three").PauseAfterChunk(2, new TaskCompletionSource().Task));

        Task asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: true, caller.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(Bound, Ct));
        Assert.Equal((AiCallStatus.Cancelled, 200), (Assert.Single(ledger.Records).Status, ledger.Records[0].HttpStatus));
    }

    [Fact]
    public async Task HandlerOfTheHost_ThatGivesUp_IsACallerWhoDoes()
    {
        var ledger = new RecordingLedger();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services
            .AddSingleton<IAiCallLedger>(ledger)
            .ConfigureHttpClientDefaults(client => client.AddHttpMessageHandler(() => new GivesUp(limit.Token))));
        jarvis.Upstream.Enqueue(SimulatedReply.Text("late").WaitFor(new TaskCompletionSource().Task));

        Task asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct);
        await limit.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(Bound, Ct));
        Assert.Equal((AiCallStatus.Cancelled, null), (Assert.Single(ledger.Records).Status, ledger.Records[0].Error));
    }

    [Fact]
    public async Task Caller_LeavesTheEnumeration_GoesOnOnlyWhenTheRecordIsDurable()
    {
        var durable = new TaskCompletionSource();
        var ledger = new RecordingLedger { Gate = durable.Task };
        await using JarvisHarness jarvis = await StartAsync(ledger);
        jarvis.Upstream.Enqueue(SimulatedReply.Text("one two three four").PauseAfterChunk(3, new TaskCompletionSource().Task));

        var reading = Task.Run(
            async () =>
            {
                await foreach (StreamingChatMessageContent part in jarvis.Chat(Tier.Mid).GetStreamingChatMessageContentsAsync("hello", cancellationToken: Ct))
                {
                    if (!string.IsNullOrEmpty(part.Content))
                    {
                        break;
                    }
                }
            },
            Ct);
        AiCallRecord record = await ledger.Asked.WaitAsync(Bound, Ct);

        Assert.False(reading.IsCompleted);
        durable.SetResult();
        await reading.WaitAsync(Bound, Ct);
        Assert.Equal((AiCallStatus.Cancelled, null), (record.Status, record.CostUsd));
        Assert.StartsWith("gen-", record.GenerationId, StringComparison.Ordinal);
        Assert.Single(ledger.Records);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attempt_ThatTakesTooLong_IsATimeoutAndNotACancellation(bool streamed)
    {
        var ledger = new RecordingLedger();
        var time = new FakeTimeProvider();
        await using JarvisHarness jarvis = await StartAsync(ledger, time);
        jarvis.Upstream.Enqueue(SimulatedReply.Text("late").WaitFor(new TaskCompletionSource().Task));

        Task<(ExpectedReply, ModelCallException? Failure)> asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct).WaitAsync(Bound, Ct);
        time.Advance(TimeSpan.FromMinutes(5));
        ModelCallException? failure = (await asking.WaitAsync(Bound, Ct)).Failure;

        Assert.Equal(AiCallStatus.Timeout, failure!.Status);
        Assert.Equal(AiCallStatus.Timeout, Assert.Single(ledger.Records).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connection_ThatTakesTooLong_IsNobodysCancellation(bool streamed)
    {
        // This is how SocketsHttpHandler reports its ConnectTimeout.
        using var call = new InMemoryCall(streamed, _ => throw new TaskCanceledException("connect", new TimeoutException("The operation timed out.")));
        WireResult result = await call.RunAsync(Ct);

        Assert.IsType<HttpRequestException>(result.Refused.InnerException);
        Assert.Equal(new ExpectedCall(AiCallStatus.Error, HttpStatus: null, Error: "failure=ConnectionError"), result.Call);
    }

    private static Task<JarvisHarness> StartAsync(RecordingLedger ledger, TimeProvider? time = null) => JarvisHarness.StartAsync(
        configure: options => options.Resilience.MaxRetries = 0,
        register: services => services.AddSingleton<IAiCallLedger>(ledger).AddSingleton(time ?? TimeProvider.System));

    private sealed class GivesUp(CancellationToken limit) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit);
            return await base.SendAsync(request, either.Token);
        }
    }

    private sealed class CancelAfterResponse(CancellationTokenSource caller) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            await caller.CancelAsync();
            return response;
        }
    }
}
