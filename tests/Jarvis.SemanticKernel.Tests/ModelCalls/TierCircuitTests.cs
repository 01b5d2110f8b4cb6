using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>A tier whose upstream fails is left alone, over HTTP and by a clock that only the tests move.</summary>
public class TierCircuitTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(15);

    private readonly RetryClock _clock = new();
    private readonly RecordingLedger _ledger = new();
    private readonly FakeLogCollector _logs = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_NothingLeavesUntilOneCallFindsTheUpstreamWorking(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.ServerError();
        await FailAsync(jarvis, 4, streamed);

        (_, ModelCallException? failure) = await AskAsync(jarvis, streamed);

        ProviderUnavailableException refused = Assert.IsType<ProviderUnavailableException>(failure);
        Assert.Equal((Guid.Empty, Tier.Mid, _clock.GetUtcNow() + Break), (refused.CallId, refused.Tier, refused.RetryAt));
        Assert.Contains("tier 'mid'", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"tried again at {_clock.GetUtcNow() + Break:u}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(4, jarvis.Upstream.RequestCount);
        Assert.Equal(4, _ledger.Records.Count);
        Assert.Equal(0, await RequestsOfAsync(jarvis, Break - TimeSpan.FromTicks(1), streamed));

        // Still down: one call finds out, and the next break begins with its end.
        Assert.Equal(1, await RequestsOfAsync(jarvis, TimeSpan.FromTicks(1), streamed));
        Assert.Equal(0, await RequestsOfAsync(jarvis, Break - TimeSpan.FromTicks(1), streamed));

        jarvis.Upstream.DefaultReply = SimulatedReply.Text("back");
        Assert.Equal(1, await RequestsOfAsync(jarvis, TimeSpan.FromTicks(1), streamed));
        Assert.Equal(1, await RequestsOfAsync(jarvis, TimeSpan.Zero, streamed));
        Assert.Equal(jarvis.Upstream.RequestCount, _ledger.Records.Count);
        Assert.Equal(["fails", "fails", "works again"], Changes());
    }

    [Fact]
    public async Task Open_OtherTiersAreCalled()
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.ServerError();
        await FailAsync(jarvis, 4);
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("from another");

        Assert.Equal("from another", (await ChatReply.AskAsync(jarvis.Chat(Tier.Cheap), streamed: false, Ct)).Reply.Text);
        Assert.Equal(Guid.Empty, (await AskAsync(jarvis)).Failure?.CallId);
    }

    [Fact]
    public async Task Open_AnActiveSwitchIsWhatTheCallerHearsOf()
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.ServerError();
        await FailAsync(jarvis, 4);
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("hello", cancellationToken: Ct));
    }

    [Fact]
    public async Task Probe_UnderWay_OthersAreHeldBack()
    {
        await using JarvisHarness jarvis = await StartAsync();
        TaskCompletionSource mayAnswer = new();
        jarvis.Upstream.DefaultReply = SimulatedReply.ServerError();
        await FailAsync(jarvis, 4);
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("back").WaitFor(mayAnswer.Task);
        _clock.Advance(Break);

        Task<(ExpectedReply Reply, ModelCallException?)> probe = AskAsync(jarvis);
        await jarvis.Upstream.WaitForRequestsAsync(5, Ct).WaitAsync(Bound, Ct);

        Assert.Equal(0, await RequestsOfAsync(jarvis, TimeSpan.Zero));
        mayAnswer.SetResult();
        Assert.Equal("back", (await probe.WaitAsync(Bound, Ct)).Reply.Text);
        Assert.Equal(1, await RequestsOfAsync(jarvis, TimeSpan.Zero));
    }

    [Fact]
    public async Task Probe_GivenUpByItsCaller_TheNextCallTriesAtOnce()
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.ServerError();
        await FailAsync(jarvis, 4);
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("back");
        jarvis.Upstream.Enqueue(SimulatedReply.Text("late").WaitFor(new TaskCompletionSource().Task));
        _clock.Advance(Break);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task probe = jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("hello", cancellationToken: giveUp.Token);
        await jarvis.Upstream.WaitForRequestsAsync(5, Ct).WaitAsync(Bound, Ct);

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe.WaitAsync(Bound, Ct));

        Assert.Equal("back", (await AskAsync(jarvis)).Reply.Text);
        Assert.Equal(["fails", "works again"], Changes());
    }

    [Fact]
    public async Task Failure_ThatOpensTheCircuit_IsNotRetriedAndReachesTheCaller()
    {
        await using JarvisHarness jarvis = await StartAsync(options => options.Resilience.MaxRetries = 10);
        jarvis.Upstream.DefaultReply = SimulatedReply.Error(503, "busy");

        (ExpectedReply reply, ModelCallException? failure) = await AskAsync(jarvis);

        Assert.Equal((503, "busy"), (reply.Code, reply.Message));
        Assert.Equal(_ledger.Records[^1].CallId, failure!.CallId);
        Assert.Equal(4, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task BackOff_DuringWhichOthersOpenTheCircuit_EndsWithoutAnotherAttempt()
    {
        // No limit is as long: a wait of this length is the back-off.
        var backOff = TimeSpan.FromSeconds(7);
        await using JarvisHarness jarvis = await StartAsync(options => options.Resilience.MaxRetries = 1);
        jarvis.Upstream.DefaultReply = SimulatedReply.Error(400, "no");
        jarvis.Upstream.Enqueue(SimulatedReply.RateLimitedUpstream(retryAfter: backOff));
        Task<(ExpectedReply, ModelCallException? Failure)> waiting = AskAsync(jarvis);
        await _clock.WhenWaitingAsync(backOff, Ct);
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("x").CutBeforeHeaders();
        await AskAsync(jarvis).WaitAsync(Bound, Ct);
        await AskAsync(jarvis).WaitAsync(Bound, Ct);

        _clock.Advance(backOff);

        Assert.IsType<ProviderUnavailableException>((await waiting.WaitAsync(Bound, Ct)).Failure);
        Assert.Equal(1 + 4, jarvis.Upstream.RequestCount);
        Assert.Equal(1 + 4, _ledger.Records.Count);
    }

    public static TheoryData<string, bool> Attempts { get; } = new()
    {
        { "503", true },
        { "503 inside a 200", true },
        { "502 in the first event", true },
        { "cut", true },
        { "silence", true },
        { "400", false },
        { "401", false },
        { "402", false },
        { "429", false },
        { "given up", false },
        { "cut by the switch", false },
    };

    [Theory]
    [MemberData(nameof(Attempts))]
    public async Task Attempt_CountsAsAFailureOrNot(string kind, bool isFailure)
    {
        await using JarvisHarness jarvis = await StartAsync(options => options.KillSwitch.InFlight = KillSwitchInFlight.Cancel);
        jarvis.Upstream.DefaultReply = kind switch
        {
            "503 inside a 200" => SimulatedReply.ErrorInside200(503, "busy"),
            "502 in the first event" => SimulatedReply.ErrorMidStream("", 502, "down"),
            "cut" => SimulatedReply.Text("x").CutBeforeHeaders(),
            "silence" or "given up" or "cut by the switch" => SimulatedReply.Text("late").WaitFor(new TaskCompletionSource().Task),
            _ => SimulatedReply.Error(int.Parse(kind, System.Globalization.CultureInfo.InvariantCulture), "no"),
        };

        for (int attempt = 1; attempt <= 4; attempt++)
        {
            await AttemptAsync(jarvis, kind, attempt);
        }

        Assert.Equal(4, jarvis.Upstream.RequestCount);
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("fine");
        Assert.Equal(isFailure ? 0 : 1, await RequestsOfAsync(jarvis, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Ratio_OfFailuresToAnswers_Decides(int answers, bool isOpen)
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("fine");
        await FailAsync(jarvis, answers);
        jarvis.Upstream.DefaultReply = SimulatedReply.ServerError();
        await FailAsync(jarvis, 2);

        Assert.Equal(isOpen ? 0 : 1, await RequestsOfAsync(jarvis, TimeSpan.Zero));
    }

    [Fact]
    public async Task SwitchedOff_EveryCallIsMade()
    {
        await using JarvisHarness jarvis = await StartAsync(options => options.Resilience.CircuitBreaker.IsEnabled = false);
        jarvis.Upstream.DefaultReply = SimulatedReply.ServerError();
        await FailAsync(jarvis, 8);

        Assert.Equal(8, jarvis.Upstream.RequestCount);
    }

    private static async Task FailAsync(JarvisHarness jarvis, int calls, bool streamed = false)
    {
        for (int call = 0; call < calls; call++)
        {
            await AskAsync(jarvis, streamed);
        }
    }

    private static Task<(ExpectedReply Reply, ModelCallException? Failure)> AskAsync(JarvisHarness jarvis, bool streamed = false) =>
        ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);

    private async Task AttemptAsync(JarvisHarness jarvis, string kind, int attempt)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        IChatCompletionService chat = jarvis.Chat(Tier.Mid);
        Task asking = kind == "502 in the first event" ? AskAsync(jarvis, streamed: true) : chat.GetChatMessageContentAsync("hello", cancellationToken: giveUp.Token);
        await jarvis.Upstream.WaitForRequestsAsync(attempt, Ct).WaitAsync(Bound, Ct);
        switch (kind)
        {
            case "silence":
                _clock.Advance(TimeSpan.FromSeconds(5));
                break;
            case "given up":
                await giveUp.CancelAsync();
                break;
            case "cut by the switch":
                await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
                await jarvis.Operator.DeactivateAsync("a mistake", "test", cancellationToken: Ct);
                break;
            default:
                break;
        }

        await asking.WaitAsync(Bound, Ct).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private async Task<int> RequestsOfAsync(JarvisHarness jarvis, TimeSpan after, bool streamed = false)
    {
        _clock.Advance(after);
        int before = jarvis.Upstream.RequestCount;
        await AskAsync(jarvis, streamed);
        return jarvis.Upstream.RequestCount - before;
    }

    private string[] Changes() =>
    [
        .. _logs.GetSnapshot().Where(log => log.Id.Id is 3070 or 3071).Select(log => log.Message.Contains("works again", StringComparison.Ordinal) ? "works again" : "fails"),
    ];

    private Task<JarvisHarness> StartAsync(Action<JarvisRoutingOptions>? configure = null) => JarvisHarness.StartAsync(
        configure: options =>
        {
            options.Resilience.MaxRetries = 0;
            options.Resilience.RetryDelay = TimeSpan.Zero;
            options.Resilience.AttemptTimeout = TimeSpan.FromSeconds(5);
            options.Resilience.CircuitBreaker.MinimumAttempts = 4;
            options.Resilience.CircuitBreaker.BreakDuration = Break;
            configure?.Invoke(options);
        },
        register: services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            services.AddSingleton<IAiCallLedger>(_ledger);
            services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(_logs)));
        });
}
