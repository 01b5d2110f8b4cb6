using System.Net;
using System.Text;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Documentation;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.ModelCalls.Foreign;

/// <summary>A chat client that is not ours is blocked, recorded, streamed and cancelled like a tier.</summary>
public class GovernedChatClientTests
{
    private const string Whole = "an answer in pieces";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly RecordingLedger _ledger = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<bool> StreamedOrNot { get; } = [false, true];

    [Theory]
    [MemberData(nameof(StreamedOrNot))]
    public async Task Answer_ReachesTheCallerAndIsRecorded(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        using IChatClient client = Govern(jarvis, new ScriptedChatClient());

        using (JarvisScope.Begin(goal: 7, agent: "clerk", run: "run-7"))
        {
            Assert.Equal(Whole, await AskAsync(client, streamed));
        }

        AiCallRecord record = Assert.Single(_ledger.Records);
        Assert.Equal(
            ("acme", "own-model", "own-model-0611", "acme", "resp-1", AiCallStatus.Ok),
            (record.Tier, record.RequestedModel, record.Model!, record.Provider!, record.GenerationId!, record.Status));
        Assert.Equal((1000, 20, 100, 5, streamed), (record.PromptTokens, record.CompletionTokens, record.CachedTokens, record.ReasoningTokens, record.IsStreamed));
        Assert.Equal((null, CostSource.Unknown), (record.CostUsd, record.CostSource));
        Assert.Equal((7, "clerk", "run-7", "foreign"), (record.GoalId, record.Agent, record.RunId, record.Route));
    }

    [Theory]
    [MemberData(nameof(StreamedOrNot))]
    public async Task Prices_MakeTheCostComputed(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        using IChatClient client = AgentsPage.Govern(jarvis.Services, new ScriptedChatClient());

        await AskAsync(client, streamed);

        AiCallRecord record = Assert.Single(_ledger.Records);
        Assert.Equal(("own", 0.0033m, CostSource.Computed), (record.Tier, record.CostUsd, record.CostSource));
    }

    [Theory]
    [MemberData(nameof(StreamedOrNot))]
    public async Task Usage_ThatNobodyTells_IsUnknown(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        using IChatClient client = Govern(jarvis, new ScriptedChatClient { Usage = null }, prices: new TierPrices { PromptUsdPerMillion = 3m });

        await AskAsync(client, streamed);

        AiCallRecord record = Assert.Single(_ledger.Records);
        Assert.Equal((null, null, CostSource.Unknown), (record.PromptTokens, record.CostUsd, record.CostSource));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task SwitchActive_TheClientIsNotCalled(bool streamed, bool onlyItsTier)
    {
        await using JarvisHarness jarvis = await StartAsync();
        var own = new ScriptedChatClient();
        using IChatClient client = Govern(jarvis, own);
        await jarvis.KillSwitch.ActivateAsync(
            "runaway", "test", onlyItsTier ? new KillSwitchActivation { Scope = KillSwitchScope.ForTier("acme") } : null, Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => AskAsync(client, streamed));

        Assert.Equal(0, own.Calls);
        Assert.Empty(_ledger.Records);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Switch_ThatCuts_EndsTheCall(bool streamed, bool isPolite)
    {
        await using JarvisHarness jarvis = await StartAsync();
        var own = new ScriptedChatClient { Gate = new TaskCompletionSource().Task, IsPolite = isPolite };
        using IChatClient client = Govern(jarvis, own);
        Task<string> asking = AskAsync(client, streamed);
        await own.Arrived.Task.WaitAsync(Bound, Ct);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", new KillSwitchActivation { InFlight = KillSwitchInFlight.Cancel }, Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => asking.WaitAsync(Bound, Ct));
        AiCallRecord record = Assert.Single(_ledger.Records);
        Assert.Equal((AiCallStatus.Cancelled, "failure=KillSwitch"), (record.Status, record.Error));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Caller_WhoCancels_IsRecorded(bool streamed, bool isPolite)
    {
        await using JarvisHarness jarvis = await StartAsync();
        var own = new ScriptedChatClient { Gate = new TaskCompletionSource().Task, IsPolite = isPolite };
        using IChatClient client = Govern(jarvis, own);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task<string> asking = AskAsync(client, streamed, giveUp.Token);
        await own.Arrived.Task.WaitAsync(Bound, Ct);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(Bound, Ct));
        Assert.Equal(AiCallStatus.Cancelled, Assert.Single(_ledger.Records).Status);
    }

    [Fact]
    public async Task Reader_WhoLeaves_EndsTheClientsStream()
    {
        await using JarvisHarness jarvis = await StartAsync();
        var own = new ScriptedChatClient { Gate = new TaskCompletionSource().Task };
        using IChatClient client = Govern(jarvis, own);
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("hello", cancellationToken: Ct))
        {
            Assert.Equal("an ", update.Text);
            break;
        }

        Assert.Equal(AiCallStatus.Cancelled, Assert.Single(_ledger.Records).Status);
        await own.Ended.Task.WaitAsync(Bound, Ct);
    }

    [Theory]
    [InlineData(false, "FirstByteTimeout", 3)]
    [InlineData(true, "StreamIdleTimeout", 5)]
    public async Task Silence_EndsWithTheLimitsOfATier(bool streamed, string limit, int minutes)
    {
        var clock = new FakeTimeProvider();
        await using JarvisHarness jarvis = await StartAsync(services => services.AddSingleton<TimeProvider>(clock));
        var own = new ScriptedChatClient { Gate = new TaskCompletionSource().Task, IsPolite = false };
        using IChatClient client = Govern(jarvis, own);
        Task<string> asking = AskAsync(client, streamed);
        await own.Arrived.Task.WaitAsync(Bound, Ct);

        clock.Advance(TimeSpan.FromMinutes(minutes));

        Assert.Equal(AiCallStatus.Timeout, (await Assert.ThrowsAnyAsync<ModelCallException>(() => asking.WaitAsync(Bound, Ct))).Status);
        Assert.Equal($"failure={limit}", Assert.Single(_ledger.Records).Error);
    }

    [Theory]
    [InlineData(false, AiCallStatus.Error)]
    [InlineData(true, AiCallStatus.Cut)]
    public async Task Failure_OfTheClient_ReachesTheCallerAsItself(bool streamed, AiCallStatus status)
    {
        await using JarvisHarness jarvis = await StartAsync();
        var failure = new FormatException("the client's own");
        using IChatClient client = Govern(jarvis, new ScriptedChatClient { Failure = failure });

        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => AskAsync(client, streamed)));

        Assert.Equal(status, Assert.Single(_ledger.Records).Status);
    }

    [Theory]
    [MemberData(nameof(StreamedOrNot))]
    public async Task TimeLimit_OfTheClient_IsNoneOfOurs(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        var failure = new TaskCanceledException("the client's own limit");
        using IChatClient client = Govern(jarvis, new ScriptedChatClient { Failure = failure });

        Assert.Same(failure, await Assert.ThrowsAsync<TaskCanceledException>(() => AskAsync(client, streamed)));

        Assert.Equal(AiCallStatus.Cut, Assert.Single(_ledger.Records).Status);
    }

    [Theory]
    [MemberData(nameof(StreamedOrNot))]
    public async Task Record_IsDurableBeforeTheEndIsSeen(bool streamed)
    {
        var durable = new TaskCompletionSource();
        _ledger.Gate = durable.Task;
        await using JarvisHarness jarvis = await StartAsync();
        using IChatClient client = Govern(jarvis, new ScriptedChatClient());

        Task<string> asking = AskAsync(client, streamed);
        await _ledger.Asked.WaitAsync(Bound, Ct);
        Assert.False(asking.IsCompleted);
        durable.SetResult();

        Assert.Equal(Whole, await asking.WaitAsync(Bound, Ct));
    }

    [Theory]
    [MemberData(nameof(StreamedOrNot))]
    public async Task UsersFilter_SeesTheCall(bool streamed)
    {
        List<string> seen = [];
        await using JarvisHarness jarvis = await StartAsync(services => services.AddSingleton<IModelCallFilter>(new DelegateFilter(async (context, next) =>
        {
            seen.Add($"{context.Tier} {context.RequestedModel}");
            await next(context);
            seen.Add($"{context.Status} {context.Usage?.PromptTokens}");
        })));
        using IChatClient client = Govern(jarvis, new ScriptedChatClient());

        await AskAsync(client, streamed);

        Assert.Equal(["acme own-model", "Ok 1000"], seen);
    }

    [Theory]
    [MemberData(nameof(StreamedOrNot))]
    public async Task UsersFilter_MayAnswerInItsPlace(bool streamed)
    {
        const string Body = """{"id":"f","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"from the filter"}}]}""";
        const string Events = """data: {"id":"f","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"from the filter"}}]}""" + "\n\ndata: [DONE]\n\n";
        await using JarvisHarness jarvis = await StartAsync(services => services.AddSingleton<IModelCallFilter>(new DelegateFilter((context, _) =>
        {
            context.Response = new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = context.IsStreaming ? new StringContent(Events, Encoding.UTF8, "text/event-stream") : new StringContent(Body, Encoding.UTF8, "application/json"),
            };
            return Task.CompletedTask;
        })));
        var own = new ScriptedChatClient();
        using IChatClient client = Govern(jarvis, own);

        Assert.Equal("from the filter", await AskAsync(client, streamed));

        Assert.Equal(0, own.Calls);
        Assert.Empty(_ledger.Records);
    }

    [Theory]
    [InlineData(false, "tier")]
    [InlineData(true, "tier")]
    [InlineData(false, "chat service")]
    [InlineData(true, "chat service")]
    [InlineData(false, "governed twice")]
    [InlineData(true, "governed twice")]
    [InlineData(false, "hidden tier")]
    [InlineData(true, "hidden tier")]
    [InlineData(false, "hidden")]
    [InlineData(true, "hidden")]
    public async Task CallThatIsGovernedUnderneath_IsCountedOnce(bool streamed, string what)
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.Text(Whole);
        IChatClient tier = jarvis.Services.GetRequiredKeyedService<IChatClient>(Tier.Mid);
        using IChatClient client = what switch
        {
            "tier" => Govern(jarvis, tier),
            "chat service" => Govern(jarvis, jarvis.Chat(Tier.Mid).AsChatClient()),
            "hidden tier" => Govern(jarvis, new Hiding(tier)),
            "governed twice" => Govern(jarvis, Govern(jarvis, new ScriptedChatClient(), "inner"), "outer"),
            _ => Govern(jarvis, new Hiding(Govern(jarvis, new ScriptedChatClient(), "inner")), "outer"),
        };

        Assert.Equal(Whole, await AskAsync(client, streamed));
        Assert.Equal(Whole, await AskAsync(client, streamed));

        Assert.Equal(2, _ledger.Records.Count);
        Assert.All(_ledger.Records, record => Assert.Equal(what is "tier" or "chat service" or "hidden tier" ? Tier.Mid : "inner", record.Tier));
    }

    [Fact]
    public async Task ServiceOfATier_IsNotGovernedTwice()
    {
        await using JarvisHarness jarvis = await StartAsync();
        IChatClient adapter = jarvis.Chat(Tier.Mid).AsChatClient();

        Assert.Same(adapter, Govern(jarvis, adapter));
    }

    [Theory]
    [MemberData(nameof(StreamedOrNot))]
    public async Task ToolLoop_HasARecordForEachRound(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        int rounds = 0;
        using IChatClient client = new ChatClientBuilder(new ScriptedChatClient())
            .UseFunctionInvocation()
            .Use((messages, options, inner, ct) => Interlocked.Increment(ref rounds) == 1
                ? AfterAsync(inner.GetResponseAsync(messages, options, ct))
                : inner.GetResponseAsync(messages, options, ct), null)
            .UseJarvisGovernance()
            .Build(jarvis.Services);
        int runs = 0;
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create(() => ++runs, "count")] };

        if (streamed)
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("hello", options, Ct))
            {
                Assert.NotNull(update);
            }
        }
        else
        {
            await client.GetResponseAsync("hello", options, Ct);
        }

        Assert.Equal(1, runs);
        Assert.Equal(2, _ledger.Records.Count);

        // As if the model had asked for the tool in the first round.
        static async Task<ChatResponse> AfterAsync(Task<ChatResponse> answer)
        {
            ChatResponse response = await answer;
            response.Messages[0].Contents.Add(new FunctionCallContent("call-1", "count"));
            return response;
        }
    }

    [Fact]
    public async Task AroundAToolLoop_IsRefusedWithWhatToDo()
    {
        await using JarvisHarness jarvis = await StartAsync();
        ChatClientBuilder builder = new ChatClientBuilder(new ScriptedChatClient()).UseJarvisGovernance().UseFunctionInvocation();

        Assert.Contains("Add it after", Assert.Throws<InvalidOperationException>(() => builder.Build(jarvis.Services)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutJarvis_IsRefusedWithWhatToDo() =>
        Assert.Contains("AddJarvisRouting", Assert.Throws<InvalidOperationException>(() => new ChatClientBuilder(new ScriptedChatClient()).UseJarvisGovernance().Build()).Message, StringComparison.Ordinal);

    private static IChatClient Govern(JarvisHarness jarvis, IChatClient client, string? name = null, TierPrices? prices = null) =>
        new ChatClientBuilder(client).UseJarvisGovernance(name, prices).Build(jarvis.Services);

    private static async Task<string> AskAsync(IChatClient client, bool streamed, CancellationToken? cancellationToken = null)
    {
        CancellationToken token = cancellationToken ?? Ct;
        if (!streamed)
        {
            return (await client.GetResponseAsync("hello", cancellationToken: token)).Text;
        }

        string text = string.Empty;
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("hello", cancellationToken: token))
        {
            text += update.Text;
        }

        return text;
    }

    private Task<JarvisHarness> StartAsync(Action<IServiceCollection>? register = null) => JarvisHarness.StartAsync(register: services =>
    {
        services.AddSingleton<IAiCallLedger>(_ledger);
        register?.Invoke(services);
    });

    /// <summary>Does not tell what it stands in front of.</summary>
    private sealed class Hiding(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override object? GetService(Type serviceType, object? serviceKey = null) => null;
    }
}
