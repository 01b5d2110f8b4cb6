using System.Net;
using System.Text;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Documentation;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel.ChatCompletion;
using static Jarvis.SemanticKernel.Tests.ModelCalls.Foreign.GovernedClient;

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

    private Task<JarvisHarness> StartAsync(Action<IServiceCollection>? register = null) => GovernedClient.StartAsync(_ledger, register);

    /// <summary>Does not tell what it stands in front of.</summary>
    private sealed class Hiding(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override object? GetService(Type serviceType, object? serviceKey = null) => null;
    }
}
