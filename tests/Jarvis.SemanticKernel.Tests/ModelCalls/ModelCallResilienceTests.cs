using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>How many calls a failure costs.</summary>
public class ModelCallResilienceTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly RecordingLedger _ledger = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<int, bool> Statuses
    {
        get
        {
            var data = new TheoryData<int, bool>();
            Array.ForEach([408, 429, 500, 502, 503, 504, 524, 529], status => data.Add(status, true));
            Array.ForEach([301, 400, 401, 402, 403, 404, 405, 409, 412, 413, 422, 501], status => data.Add(status, false));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task Status_IsRetriedOrNot(int status, bool isRetried)
    {
        foreach (bool streamed in new[] { false, true })
        {
            await using JarvisHarness jarvis = await StartAsync();
            jarvis.Upstream.DefaultReply = SimulatedReply.Error(status, "no");

            (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);

            Assert.Equal(status, reply.Code);
            Assert.Equal(isRetried ? 3 : 1, jarvis.Upstream.RequestCount);
            Assert.Equal(isRetried ? [1, 2, 3] : [1], _ledger.Records.TakeLast(jarvis.Upstream.RequestCount).Select(record => record.Attempt));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ErrorInside200_IsRetriedByItsOwnCode(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.Enqueue(SimulatedReply.ErrorInside200(503, "busy"), SimulatedReply.ErrorInside200(400, "no"), SimulatedReply.Text("never"));

        (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);

        Assert.Equal(400, reply.Code);
        Assert.Equal([(1, 200, "code=503; error_type=provider_unavailable"), (2, 200, "code=400; error_type=provider_unavailable")], Attempts());
    }

    [Fact]
    public async Task Stream_ThatFailsAfterItsFirstEvent_IsNotRetried()
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.Enqueue(SimulatedReply.ErrorMidStream("half", 503, "busy"), SimulatedReply.Text("never"));

        (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: true, Ct);

        Assert.Equal(("half", 503), (reply.Text, reply.Code));
        Assert.Equal(1, jarvis.Upstream.RequestCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attempts_CountUpAndHaveOneRecordEach(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.Enqueue(SimulatedReply.Text("x").CutBeforeHeaders(), Sample.Load("40-error-500-masked.json").Reply, SimulatedReply.Text("third"));

        (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);

        Assert.Equal("third", reply.Text);
        Assert.Equal([(1, null, "failure=ResponseEnded"), (2, 500, "code=500; error_type=server"), (3, 200, null)], Attempts());
        Assert.Equal(3, _ledger.Records.Select(record => record.CallId).Distinct().Count());
        Assert.Single(_ledger.Records.Select(record => record.RunId).Distinct());
    }

    [Theory]
    [InlineData("26-error-402-in-flight-budget.json", 7)]
    [InlineData("36-error-429-provider-raw-string.json", 11)]
    [InlineData("42-error-503-no-provider.json", 15)]
    public async Task RetryAfter_IsWaitedForExactly(string name, int seconds)
    {
        var clock = new RetryClock();
        await using JarvisHarness jarvis = await StartAsync(register: services => services.AddSingleton<TimeProvider>(clock));
        jarvis.Upstream.Enqueue(Sample.Load(name).Reply, SimulatedReply.Text("after all"));

        Task<(ExpectedReply Reply, ModelCallException?)> asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);
        await clock.WhenWaitingAsync(TimeSpan.FromSeconds(seconds), Ct);
        clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        Assert.Equal(1, jarvis.Upstream.RequestCount);
        clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal("after all", (await asking.WaitAsync(Bound, Ct)).Reply.Text);
        Assert.Equal(2, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task RateLimitReset_IsWaitedForExactly()
    {
        var clock = new RetryClock();
        await using JarvisHarness jarvis = await StartAsync(register: services => services.AddSingleton<TimeProvider>(clock));
        jarvis.Upstream.Enqueue(SimulatedReply.FreeTierDaily(clock.GetUtcNow().AddSeconds(23)), SimulatedReply.Text("after all"));

        Task<(ExpectedReply Reply, ModelCallException?)> asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: true, Ct);
        await clock.WhenWaitingAsync(TimeSpan.FromSeconds(23), Ct);
        clock.Advance(TimeSpan.FromSeconds(23) - TimeSpan.FromTicks(1));
        Assert.Equal(1, jarvis.Upstream.RequestCount);
        clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal("after all", (await asking.WaitAsync(Bound, Ct)).Reply.Text);
        Assert.Equal(2, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task RetryAfter_LongerThanTheCallerWouldWait_FailsAtOnce()
    {
        await using JarvisHarness jarvis = await StartAsync(options => options.Resilience.MaxRetryWait = TimeSpan.FromSeconds(6));
        jarvis.Upstream.Enqueue(Sample.Load("26-error-402-in-flight-budget.json").Reply);

        (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);

        Assert.Equal((402, 7), (reply.Code, reply.RetryAfterSeconds));
        Assert.Equal(1, jarvis.Upstream.RequestCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HostsOwnResilience_DoesNotMultiplyTheAttempts(bool retriesEverything)
    {
        // The standard handler as it comes leaves our exceptions alone; one that was told to retry whatever it sees is the harder case.
        await using JarvisHarness jarvis = await StartAsync(register: services => services.ConfigureHttpClientDefaults(client => client.AddStandardResilienceHandler(host =>
        {
            if (retriesEverything)
            {
                host.Retry.ShouldHandle = static _ => ValueTask.FromResult(true);
                host.Retry.Delay = TimeSpan.Zero;
            }
        })));
        jarvis.Upstream.DefaultReply = SimulatedReply.Error(503, "busy");

        await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);

        Assert.Equal(3, jarvis.Upstream.RequestCount);
        Assert.Equal([1, 2, 3], _ledger.Records.Select(record => record.Attempt));
    }

    [Theory]
    [InlineData(2, 3, "AttemptTimeout")]
    [InlineData(3, 3, null)]
    public async Task Attempt_ThatTakesTooLong_NamesTheLimit(int attemptMinutes, int totalMinutes, string? limit)
    {
        var clock = new RetryClock();
        await using JarvisHarness jarvis = await StartAsync(
            options =>
            {
                options.Resilience.MaxRetries = 0;
                options.Resilience.AttemptTimeout = TimeSpan.FromMinutes(attemptMinutes);
                options.Resilience.TotalTimeout = TimeSpan.FromMinutes(totalMinutes);
            },
            services => services.AddSingleton<TimeProvider>(clock));
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("late").WaitFor(new TaskCompletionSource().Task);

        Task<(ExpectedReply, ModelCallException? Failure)> asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct).WaitAsync(Bound, Ct);
        clock.Advance(TimeSpan.FromMinutes(attemptMinutes));
        ModelCallException? failure = (await asking.WaitAsync(Bound, Ct)).Failure;

        string recorded = Assert.Single(_ledger.Records).Error!;
        Assert.Contains(recorded["failure=".Length..], failure!.Message, StringComparison.Ordinal);
        Assert.Equal($"failure={limit ?? recorded["failure=".Length..]}", recorded);
    }

    [Fact]
    public async Task Attempt_EndedByTheLimitForAllOfThem_NamesThatLimit()
    {
        var clock = new RetryClock();
        await using JarvisHarness jarvis = await StartAsync(
            options =>
            {
                options.Resilience.AttemptTimeout = TimeSpan.FromMinutes(2);
                options.Resilience.TotalTimeout = TimeSpan.FromMinutes(3);
            },
            services => services.AddSingleton<TimeProvider>(clock));
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("late").WaitFor(new TaskCompletionSource().Task);

        Task<(ExpectedReply, ModelCallException? Failure)> asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct).WaitAsync(Bound, Ct);
        clock.Advance(TimeSpan.FromMinutes(2));
        await jarvis.Upstream.WaitForRequestsAsync(2, Ct).WaitAsync(Bound, Ct);
        clock.Advance(TimeSpan.FromMinutes(1));
        ModelCallException? failure = (await asking.WaitAsync(Bound, Ct)).Failure;

        Assert.Contains("TotalTimeout", failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AttemptTimeout", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["failure=AttemptTimeout", "failure=TotalTimeout"], _ledger.Records.Select(record => record.Error));
    }

    [Fact]
    public async Task BackOff_EndedByTheLimitForAllAttempts_NamesTheLastFailureAndThatLimit()
    {
        var clock = new RetryClock();
        await using JarvisHarness jarvis = await StartAsync(
            options =>
            {
                options.Resilience.AttemptTimeout = TimeSpan.FromSeconds(5);
                options.Resilience.TotalTimeout = TimeSpan.FromSeconds(6);
            },
            services => services.AddSingleton<TimeProvider>(clock));
        jarvis.Upstream.DefaultReply = Sample.Load("36-error-429-provider-raw-string.json").Reply;

        Task<(ExpectedReply, ModelCallException? Failure)> asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);
        await clock.WhenWaitingAsync(TimeSpan.FromSeconds(11), Ct);
        clock.Advance(TimeSpan.FromSeconds(6));
        ModelCallException? failure = (await asking.WaitAsync(Bound, Ct)).Failure;

        Assert.Contains("with 429", failure!.Message, StringComparison.Ordinal);
        Assert.Contains("TotalTimeout passed before another attempt", failure.Message, StringComparison.Ordinal);
        Assert.Equal(AiCallStatus.Error, Assert.Single(_ledger.Records).Status);
    }

    private (int, int?, string?)[] Attempts() => [.. _ledger.Records.Select(record => (record.Attempt, record.HttpStatus, record.Error))];

    private Task<JarvisHarness> StartAsync(Action<JarvisRoutingOptions>? configure = null, Action<IServiceCollection>? register = null) => JarvisHarness.StartAsync(
        configure: options =>
        {
            options.Resilience.RetryDelay = TimeSpan.Zero;
            configure?.Invoke(options);
        },
        register: services =>
        {
            services.AddSingleton<IAiCallLedger>(_ledger);
            register?.Invoke(services);
        });
}
