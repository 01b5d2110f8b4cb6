using System.Text.Json;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.ModelCalls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.Routing;

public class TierFallbackTests
{
    private const string StrongModel = "anthropic/claude-opus-4.6";

    private readonly RecordingLedger _ledger = new();
    private readonly FakeLogCollector _logs = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool, int> Failures()
    {
        var data = new TheoryData<string, bool, int>();
        foreach ((string failure, int attempts) in new[] { ("down", 3), ("no endpoint", 1), ("model gone", 1) })
        {
            data.Add(failure, false, attempts);
            data.Add(failure, true, attempts);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failure_OfTheTierItself_IsServedByTheOther(string failure, bool streamed, int attempts)
    {
        await using JarvisHarness jarvis = await StartAsync();
        FailStrong(jarvis, failure switch
        {
            "down" => SimulatedReply.ServerError(),
            "no endpoint" => SimulatedReply.Error(404, "No endpoints found."),
            _ => Sample.Load("20-error-400-invalid-model.json").Reply,
        });

        (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Strong), streamed, Ct);

        Assert.Equal("from mid", reply.Text);
        Assert.Equal(
            [.. Enumerable.Repeat(("strong", "direct", AiCallStatus.Error), attempts), ("mid", "fallback", AiCallStatus.Ok)],
            _ledger.Records.Select(record => (record.Tier, record.Route!, record.Status)));
        Assert.Single(_ledger.Records.Select(record => record.RunId).Distinct());
        FakeLogRecord line = Assert.Single(_logs.GetSnapshot(), log => log.Id.Id == 3072);
        Assert.Contains("strong", line.Message, StringComparison.Ordinal);
        Assert.Contains("tier mid does", line.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(402)]
    [InlineData(403)]
    [InlineData(413)]
    [InlineData(422)]
    [InlineData(429)]
    public async Task Refusal_ThatIsTheCallersOwn_IsNot(int status)
    {
        await using JarvisHarness jarvis = await StartAsync();
        FailStrong(jarvis, SimulatedReply.Error(status, "no"));

        (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Strong), streamed: false, Ct);

        Assert.Equal(status, reply.Code);
        Assert.All(_ledger.Records, record => Assert.Equal("strong", record.Tier));
    }

    [Fact]
    public async Task Answer_ThatWasCut_IsNot()
    {
        await using JarvisHarness jarvis = await StartAsync();
        FailStrong(jarvis, SimulatedReply.Text("x").CutBeforeHeaders());

        (_, ModelCallException? failure) = await ChatReply.AskAsync(jarvis.Chat(Tier.Strong), streamed: false, Ct);

        Assert.Equal(AiCallStatus.Cut, failure?.Status);
        Assert.All(_ledger.Records, record => Assert.Equal("strong", record.Tier));
    }

    [Fact]
    public async Task ByDefault_NothingFallsBack()
    {
        await using JarvisHarness jarvis = await StartAsync(options => options.Tiers[Tier.Strong].FallbackTier = null);
        FailStrong(jarvis, SimulatedReply.Error(404, "gone"));

        Assert.Equal(404, (await ChatReply.AskAsync(jarvis.Chat(Tier.Strong), streamed: false, Ct)).Reply.Code);
    }

    [Fact]
    public async Task OpenCircuit_IsServedByTheOtherAtOnce()
    {
        await using JarvisHarness jarvis = await StartAsync(options => options.Resilience.CircuitBreaker.MinimumAttempts = 2);
        FailStrong(jarvis, SimulatedReply.ServerError());
        await ChatReply.AskAsync(jarvis.Chat(Tier.Strong), streamed: false, Ct);
        int before = jarvis.Upstream.RequestCount;

        (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Strong), streamed: true, Ct);

        Assert.Equal("from mid", reply.Text);
        Assert.Equal(before + 1, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task Fallbacks_FollowEachOther()
    {
        await using JarvisHarness jarvis = await StartAsync(options => options.Tiers[Tier.Mid].FallbackTier = Tier.Cheap);
        jarvis.Upstream.OnChat = request => request.Model == "x-ai/grok-4.1-fast" ? SimulatedReply.Text("from cheap") : SimulatedReply.Error(404, "gone");

        (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Strong), streamed: true, Ct);

        Assert.Equal("from cheap", reply.Text);
        Assert.Equal([("strong", "direct"), ("mid", "fallback"), ("cheap", "fallback")], _ledger.Records.Select(record => (record.Tier, record.Route!)));
        Assert.Single(_ledger.Records.Select(record => record.RunId).Distinct());
    }

    [Fact]
    public async Task Stream_ThatHadBegun_FailsAsItIs()
    {
        await using JarvisHarness jarvis = await StartAsync();
        FailStrong(jarvis, SimulatedReply.ErrorMidStream("half", 503, "busy"));

        (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Strong), streamed: true, Ct);

        Assert.Equal(("half", 503), (reply.Text, reply.Code));
        Assert.Equal("strong", Assert.Single(_ledger.Records).Tier);
    }

    [Fact]
    public async Task Switch_PulledDuringTheFailure_StopsTheFallbackToo()
    {
        await using JarvisHarness jarvis = await StartAsync();
        TaskCompletionSource mayFail = new();
        FailStrong(jarvis, SimulatedReply.Error(404, "gone").WaitFor(mayFail.Task));
        Task call = jarvis.Kernel.InvokePromptAsync("hello", new KernelArguments().WithTier(Tier.Strong), cancellationToken: Ct);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct);
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", new KillSwitchActivation { Scope = KillSwitchScope.ForTier(Tier.Strong) }, Ct);
        mayFail.SetResult();

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => call.WaitAsync(TimeSpan.FromSeconds(30), Ct));

        Assert.Equal(1, jarvis.Upstream.RequestCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PromptWithTools_GoesOnWhereItWas(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        int runs = 0;
        Kernel kernel = jarvis.Kernel;
        kernel.Plugins.AddFromFunctions("Tools", [KernelFunctionFactory.CreateFromMethod(() => $"done {++runs}", "work")]);
        var arguments = new KernelArguments(new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }).WithTier(Tier.Strong);
        bool hasToolRun = false;
        jarvis.Upstream.OnChat = request =>
        {
            bool isFirst = !hasToolRun;
            hasToolRun = true;
            return request.Model != StrongModel ? SimulatedReply.Text("from mid") : isFirst ? SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-work")) : SimulatedReply.Error(404, "gone");
        };

        Task<string> asking = AskAsync(kernel, arguments, streamed);

        if (streamed)
        {
            // The caller has had pieces of the first round.
            await Assert.ThrowsAsync<NoEndpointException>(() => asking);
            return;
        }

        Assert.Equal("from mid", await asking);
        Assert.Equal(1, runs);
        JsonElement messages = jarvis.Upstream.Requests[^1].Body.GetProperty("messages");
        Assert.Equal("tool", messages[messages.GetArrayLength() - 1].GetProperty("role").GetString());
        Assert.Equal([("strong", "with_tier"), ("strong", "with_tier"), ("mid", "fallback")], _ledger.Records.Select(record => (record.Tier, record.Route!)));
    }

    [Fact]
    public async Task Circle_IsAFaultOfEveryTierInIt()
    {
        await using JarvisHarness jarvis = await StartAsync(options => options.Tiers[Tier.Mid].FallbackTier = "Strong");

        OptionsValidationException invalid = Assert.Throws<OptionsValidationException>(() => jarvis.Chat(Tier.Strong));

        Assert.Equal(2, invalid.Failures.Count());
        Assert.Contains("strong → mid → Strong", invalid.Message, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(Kernel kernel, KernelArguments arguments, bool streamed)
    {
        if (!streamed)
        {
            return (await kernel.InvokePromptAsync("hello", arguments, cancellationToken: Ct)).ToString();
        }

        string text = string.Empty;
        await foreach (StreamingKernelContent piece in kernel.InvokePromptStreamingAsync("hello", arguments, cancellationToken: Ct))
        {
            text += piece;
        }

        return text;
    }

    private static void FailStrong(JarvisHarness jarvis, SimulatedReply failure) =>
        jarvis.Upstream.OnChat = request => request.Model == StrongModel ? failure : SimulatedReply.Text("from mid");

    private Task<JarvisHarness> StartAsync(Action<JarvisRoutingOptions>? configure = null) => JarvisHarness.StartAsync(
        configure: options =>
        {
            options.Resilience.RetryDelay = TimeSpan.Zero;
            options.Tiers[Tier.Strong].FallbackTier = Tier.Mid;
            configure?.Invoke(options);
        },
        register: services =>
        {
            services.AddSingleton<IAiCallLedger>(_ledger);
            services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(_logs)));
        });
}
