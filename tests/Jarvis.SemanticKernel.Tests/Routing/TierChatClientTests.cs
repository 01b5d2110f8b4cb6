using System.Text.Json;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.ModelCalls;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace Jarvis.SemanticKernel.Tests.Routing;

/// <summary>Each tier as a client of Microsoft.Extensions.AI.</summary>
public class TierChatClientTests
{
    private readonly RecordingLedger _ledger = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("strong", "anthropic/claude-opus-4.6")]
    [InlineData("CHEAP", "x-ai/grok-4.1-fast")]
    [InlineData(null, "anthropic/claude-sonnet-4.5")]
    public async Task Client_ByKeyInAnyCaseOrWithout_IsTheTier(string? key, string model)
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("answer");
        using IChatClient client = key is null ? jarvis.Services.GetRequiredService<IChatClient>() : Client(jarvis, key);

        Assert.Equal("answer", (await client.GetResponseAsync("hello", cancellationToken: Ct)).Text);

        Assert.Equal(model, Assert.Single(jarvis.Upstream.Requests).Model);
        Assert.Equal(((key ?? "mid").ToLowerInvariant(), "direct"), (Assert.Single(_ledger.Records).Tier, _ledger.Records[0].Route));
        Assert.Equal(model, client.GetService<ChatClientMetadata>()?.DefaultModelId);
    }

    /// <summary>What a tier adds to a call of its chat service it adds here too, and what the caller says himself stays.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_SendsWhatTheTierAsksFor_AndTheCallersOwnWins(bool isStreamed)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options =>
        {
            options.Tiers["mid"].MaxTokens = 777;
            options.Tiers["mid"].FallbackModels = ["z/second"];
            options.Tiers["mid"].Provider.Order = ["groq"];
        });
        using IChatClient client = Client(jarvis, Tier.Mid);
        ChatOptions own = new()
        {
            RawRepresentationFactory = _ =>
            {
                OpenAI.Chat.ChatCompletionOptions raw = new() { EndUserId = "somebody", MaxOutputTokenCount = 5 };
                raw.Patch.Set("$.models"u8, BinaryData.FromString("""["mine"]"""));
                return raw;
            },
        };

        using (JarvisScope.Begin(agent: "planner"))
        {
            foreach (ChatOptions? options in (ChatOptions?[])[null, own])
            {
                if (isStreamed)
                {
                    await client.GetStreamingResponseAsync("hello", options, Ct).ToListAsync(Ct);
                }
                else
                {
                    await client.GetResponseAsync("hello", options, Ct);
                }
            }
        }

        JsonElement[] bodies = [.. jarvis.Upstream.Requests.Select(request => request.Body)];
        Assert.Equal([777, 5], bodies.Select(body => body.GetProperty("max_completion_tokens").GetInt32()));
        Assert.Equal(["""["anthropic/claude-sonnet-4.5","z/second"]""", """["mine"]"""], bodies.Select(body => body.GetProperty("models").GetRawText()));
        Assert.Equal(["groq", "groq"], bodies.Select(body => body.GetProperty("provider").GetProperty("order")[0].GetString()));
        Assert.Equal(["planner", "somebody"], bodies.Select(body => body.GetProperty("user").GetString()));
        Assert.Null(own.MaxOutputTokens);
    }

    [Fact]
    public async Task Client_ModelInTheCallersOwnBody_IsRefusedBeforeAnythingIsSent()
    {
        await using JarvisHarness jarvis = await StartAsync();
        ChatOptions own = new()
        {
            RawRepresentationFactory = _ =>
            {
                OpenAI.Chat.ChatCompletionOptions raw = new();
                raw.Patch.Set("$.model"u8, "somebody/else");
                return raw;
            },
        };

        await Assert.ThrowsAsync<UnknownTierException>(() => Client(jarvis, Tier.Mid).GetResponseAsync("hello", own, Ct));

        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task Client_Disposed_TheTierGoesOn()
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("answer");
        Client(jarvis, Tier.Mid).Dispose();

        Assert.Equal("answer", (await Client(jarvis, Tier.Mid).GetResponseAsync("hello", cancellationToken: Ct)).Text);
    }

    [Fact]
    public async Task UnknownKey_GivesNull()
    {
        await using JarvisHarness jarvis = await StartAsync();

        Assert.Null(jarvis.Services.GetKeyedService<IChatClient>("gpt-4o"));
        Assert.Null(jarvis.Services.GetKeyedService<IChatClient>(5));
    }

    [Fact]
    public async Task OwnClients_StayWhatTheyAre()
    {
        var own = new Mock<IChatClient>();
        var keyed = new Mock<IChatClient>();
        await using JarvisHarness jarvis = await StartAsync(register: services => services.AddSingleton(own.Object).AddKeyedSingleton("local", keyed.Object));

        Assert.Same(own.Object, jarvis.Services.GetRequiredService<IChatClient>());
        Assert.Same(keyed.Object, jarvis.Services.GetKeyedService<IChatClient>("local"));
        Assert.NotNull(jarvis.Services.GetKeyedService<IChatClient>(Tier.Mid));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ModelOfAnotherTier_IsAnErrorAndNothingLeaves(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        var options = new ChatOptions { ModelId = "anthropic/claude-opus-4.6" };

        await Assert.ThrowsAsync<UnknownTierException>(() => AskAsync(Client(jarvis, Tier.Mid), streamed, options));

        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fallback_ServesChatClientsToo(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync(options => options.Tiers[Tier.Strong].FallbackTier = Tier.Mid);
        jarvis.Upstream.OnChat = request => request.Model == "anthropic/claude-sonnet-4.5" ? SimulatedReply.Text("from mid") : SimulatedReply.Error(404, "gone");

        Assert.Equal("from mid", await AskAsync(Client(jarvis, Tier.Strong), streamed, new ChatOptions { ModelId = "anthropic/claude-opus-4.6" }));

        Assert.Equal([("strong", "direct"), ("mid", "fallback")], _ledger.Records.Select(record => (record.Tier, record.Route!)));
        Assert.Single(_ledger.Records.Select(record => record.RunId).Distinct());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failure_IsOfItsCause(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.Error(402, "no credits");

        await Assert.ThrowsAsync<CreditsExhaustedException>(() => AskAsync(Client(jarvis, Tier.Mid), streamed));
    }

    [Fact]
    public async Task Scope_IsOnTheRecord()
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("answer");
        using (JarvisScope.Begin(goal: 7, agent: "planner", run: "run-7"))
        {
            await AskAsync(Client(jarvis, Tier.Mid), streamed: true);
        }

        AiCallRecord record = Assert.Single(_ledger.Records);
        Assert.Equal((7, "planner", "run-7"), (record.GoalId, record.Agent, record.RunId));
    }

    [Fact]
    public async Task StreamedToolCall_InPieces_IsOneCall()
    {
        await using JarvisHarness jarvis = await StartAsync();
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("add", """{"first": 19, "second": 23}""")), SimulatedReply.Text("42"));
        AIFunction tool = AIFunctionFactory.Create((int first, int second) => first + second, "add");
        using IChatClient client = Client(jarvis, Tier.Mid).AsBuilder().UseFunctionInvocation().Build();

        Assert.Equal("42", await AskAsync(client, streamed: true, new ChatOptions { Tools = [tool] }));

        System.Text.Json.JsonElement messages = jarvis.Upstream.Requests[^1].Body.GetProperty("messages");
        Assert.Equal("42", messages[messages.GetArrayLength() - 1].GetProperty("content").GetString());
        Assert.Equal(2, _ledger.Records.Count);
    }

    private static IChatClient Client(JarvisHarness jarvis, string tier) => jarvis.Services.GetRequiredKeyedService<IChatClient>(tier);

    private static async Task<string> AskAsync(IChatClient client, bool streamed, ChatOptions? options = null)
    {
        if (!streamed)
        {
            return (await client.GetResponseAsync("hello", options, Ct)).Text;
        }

        string text = string.Empty;
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("hello", options, Ct))
        {
            text += update.Text;
        }

        return text;
    }

    private Task<JarvisHarness> StartAsync(Action<JarvisRoutingOptions>? configure = null, Action<IServiceCollection>? register = null) =>
        JarvisHarness.StartAsync(configure: configure, register: services =>
        {
            services.AddSingleton<IAiCallLedger>(_ledger);
            register?.Invoke(services);
        });
}
