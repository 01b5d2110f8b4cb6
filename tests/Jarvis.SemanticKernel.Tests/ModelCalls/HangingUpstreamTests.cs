using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>An upstream that goes silent, at every place of an answer, over HTTP and by a clock that only the tests move.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The harness disposes the chain of handlers.")]
public class HangingUpstreamTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly Task Never = new TaskCompletionSource().Task;

    private readonly RetryClock _clock = new();
    private readonly RecordingLedger _ledger = new();
    private readonly WatchedNetwork _network = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("before the headers", false, "FirstByteTimeout", 3)]
    [InlineData("before the headers", true, "FirstByteTimeout", 3)]
    [InlineData("before the first event", true, "FirstByteTimeout", 3)]
    [InlineData("in the body", false, "AttemptTimeout", 5)]
    public async Task Answer_ThatDoesNotCome_EndsWithTheLimitForThatPart(string place, bool streamed, string limit, int minutes)
    {
        await using JarvisHarness jarvis = await StartAsync();
        bool isBeforeHeaders = place == "before the headers";
        jarvis.Upstream.DefaultReply = isBeforeHeaders ? SimulatedReply.Text("late").WaitFor(Never) : SimulatedReply.Text("late").PauseAfterChunk(0, Never);

        Task<(ExpectedReply, ModelCallException? Failure)> asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);
        await (isBeforeHeaders ? jarvis.Upstream.WaitForRequestsAsync(1, Ct) : _network.WhenReaderWaits).WaitAsync(Bound, Ct);
        _clock.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromTicks(1));
        Assert.False(_ledger.Asked.IsCompleted);
        _clock.Advance(TimeSpan.FromTicks(1));
        ModelCallException? failure = (await asking.WaitAsync(Bound, Ct)).Failure;

        Assert.Equal(AiCallStatus.Timeout, failure!.Status);
        Assert.Contains(limit, failure.Message, StringComparison.Ordinal);
        Assert.Equal($"failure={limit}", Assert.Single(_ledger.Records).Error);
    }

    [Fact]
    public async Task FirstByteTimeout_IsRetriedWithARecordForEachAttempt()
    {
        await using JarvisHarness jarvis = await StartAsync(options => options.Resilience.MaxRetries = 1);
        jarvis.Upstream.Enqueue(SimulatedReply.Text("late").WaitFor(Never), SimulatedReply.Text("in time"));

        Task<(ExpectedReply Reply, ModelCallException?)> asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: true, Ct);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct).WaitAsync(Bound, Ct);
        _clock.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal("in time", (await asking.WaitAsync(Bound, Ct)).Reply.Text);
        Assert.Equal([(AiCallStatus.Timeout, 1), (AiCallStatus.Ok, 2)], _ledger.Records.Select(record => (record.Status, record.Attempt)));
    }

    [Fact]
    public async Task FirstByteTimeout_LongerThanTheAttempts_NeverPasses()
    {
        await using JarvisHarness jarvis = await StartAsync(options => options.Resilience.AttemptTimeout = TimeSpan.FromMinutes(3));
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("late").WaitFor(Never);

        Task<(ExpectedReply, ModelCallException? Failure)> asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct).WaitAsync(Bound, Ct);
        _clock.Advance(TimeSpan.FromMinutes(3));
        await asking.WaitAsync(Bound, Ct);

        Assert.Equal("failure=AttemptTimeout", Assert.Single(_ledger.Records).Error);
    }

    [Fact]
    public async Task Stream_ThatGoesSilent_EndsWithItsIdleLimit()
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("half of it").PauseAfterChunk(1, Never);
        await using IAsyncEnumerator<StreamingChatMessageContent> stream = Stream(jarvis);
        Assert.True(await stream.MoveNextAsync());
        _network.Reset();

        Task<bool> reading = stream.MoveNextAsync().AsTask();
        await _network.WhenReaderWaits.WaitAsync(Bound, Ct);
        _clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(AiCallStatus.Timeout, (await Assert.ThrowsAnyAsync<ModelCallException>(() => reading.WaitAsync(Bound, Ct))).Status);
        Assert.Equal("failure=StreamIdleTimeout", Assert.Single(_ledger.Records).Error);
    }

    [Fact]
    public async Task Reader_ThatPausesTenMinutes_GetsTheRest()
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("an answer in quite a few pieces, whatever its reader does meanwhile").InPiecesOf(40);
        await using IAsyncEnumerator<StreamingChatMessageContent> stream = Stream(jarvis);
        Assert.True(await stream.MoveNextAsync());
        string text = stream.Current.Content ?? string.Empty;

        for (int minute = 0; minute < 10; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        while (await stream.MoveNextAsync())
        {
            text += stream.Current.Content;
        }

        Assert.Equal("an answer in quite a few pieces, whatever its reader does meanwhile", text);
        Assert.Equal(AiCallStatus.Ok, Assert.Single(_ledger.Records).Status);
    }

    private static IAsyncEnumerator<StreamingChatMessageContent> Stream(JarvisHarness jarvis) =>
        jarvis.Chat(Tier.Mid).GetStreamingChatMessageContentsAsync("hello", cancellationToken: Ct).GetAsyncEnumerator(Ct);

    private Task<JarvisHarness> StartAsync(Action<JarvisRoutingOptions>? configure = null) => JarvisHarness.StartAsync(
        configure: options =>
        {
            options.Resilience.MaxRetries = 0;
            options.Resilience.RetryDelay = TimeSpan.Zero;
            configure?.Invoke(options);
        },
        register: services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            services.AddSingleton<IAiCallLedger>(_ledger);
            _network.AddTo(services);
        });
}
