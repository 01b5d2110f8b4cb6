using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using Moq;

namespace Jarvis.SemanticKernel.Tests.Routing;

/// <summary>The whole order in which a call gets its tier: each way to name one in conflict with each other, streamed and not.</summary>
public class RouteRuleTests
{
    // Each way names a tier of its own, so that the tier tells which one won.
    private static readonly string[] Ways = ["service_id", "model_id", "with_tier", "rule:Planner.*"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Every set of ways, streamed and not.</summary>
    public static TheoryData<string[], bool> Sets { get; } =
    [
        .. from set in Enumerable.Range(0, 1 << Ways.Length)
           from streamed in (bool[])[false, true]
           select new TheoryDataRow<string[], bool>([.. Ways.Where((_, way) => (set & (1 << way)) != 0)], streamed),
    ];

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Conflict_IsDecidedByTheOrder(string[] ways, bool isStreamed)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await StartAsync(database, withRule: ways.Contains("rule:Planner.*"));
        KernelFunction plan = Function("Planner", "Plan");

        if (ways.Contains("service_id") && ways.Contains("model_id"))
        {
            UnknownTierException refused = await Assert.ThrowsAsync<UnknownTierException>(() => InvokeAsync(jarvis.Kernel, plan, Arguments(ways), isStreamed));

            Assert.Contains("served by 'model of a'", refused.Message, StringComparison.Ordinal);
            Assert.Equal(0, jarvis.Upstream.RequestCount);
            return;
        }

        await InvokeAsync(jarvis.Kernel, plan, Arguments(ways), isStreamed);

        string winner = ways.FirstOrDefault() ?? "default";
        RecordedCall record = Assert.Single(await database.ReadCallsAsync());
        Assert.Equal((TierOf(winner), winner, "Planner.Plan", isStreamed), (record.Tier, record.Route, record.Function, record.IsStreamed));
        Assert.Equal($"model of {TierOf(winner)}", Assert.Single(jarvis.Upstream.Requests).Model);
    }

    [Theory]
    [InlineData("gpt-4o", null, "'gpt-4o'")]
    [InlineData(null, "stong", "'stong'")]
    public async Task NameThatIsNoTiers_IsAnErrorThoughARuleFits(string? model, string? withTier, string named)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await StartAsync(database, withRule: true);
        KernelArguments arguments = new(new OpenAIPromptExecutionSettings { ModelId = model });
        arguments = withTier is null ? arguments : arguments.WithTier(withTier);

        UnknownTierException refused = await Assert.ThrowsAsync<UnknownTierException>(() => InvokeAsync(jarvis.Kernel, Function("Planner", "Plan"), arguments, isStreamed: false));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task FunctionThatNoRuleFits_GoesToTheDefaultTier()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await StartAsync(database, withRule: true);

        await jarvis.Kernel.InvokePromptAsync("Work", cancellationToken: Ct);
        await InvokeAsync(jarvis.Kernel, Function("Writer", "Plan"), [], isStreamed: false);

        Assert.All(await database.ReadCallsAsync(), record => Assert.Equal("default", record.Route));
    }

    [Fact]
    public async Task OwnChatServiceInPlaceOfTheRulesTier_Wins()
    {
        Mock<IChatCompletionService> own = new();
        own.SetupGet(s => s.Attributes).Returns(new Dictionary<string, object?>());
        own.Setup(s => s.GetChatMessageContentsAsync(It.IsAny<ChatHistory>(), It.IsAny<PromptExecutionSettings>(), It.IsAny<Kernel>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync([new ChatMessageContent(AuthorRole.Assistant, "own")]);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(
            configure: options => options.Route("Planner.*", Tier.Strong), register: services => services.AddKeyedSingleton("strong", own.Object));

        Assert.Equal("own", (await jarvis.Kernel.InvokeAsync(Function("Planner", "Plan"), cancellationToken: Ct)).ToString());
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ChatClientThatASelectorIsAskedFor_IsThatOfTheRoutedTier(bool isStreamed)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await StartAsync(database, withRule: true);
        using IChatClient client = SelectClient(jarvis.Kernel);

        if (isStreamed)
        {
            await client.GetStreamingResponseAsync("Work", cancellationToken: Ct).ToListAsync(Ct);
        }
        else
        {
            await client.GetResponseAsync("Work", cancellationToken: Ct);
        }

        RecordedCall record = Assert.Single(await database.ReadCallsAsync());
        Assert.Equal(("d", "rule:Planner.*", "Planner.Plan"), (record.Tier, record.Route, record.Function));
    }

    [Fact]
    public async Task ForeignChatClient_IsLeftToTheStockSelector()
    {
        using IChatClient foreign = Mock.Of<IChatClient>();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.AddSingleton(foreign));
        using IChatClient client = SelectClient(jarvis.Kernel);

        Assert.Same(foreign, client);
    }

    [Theory]
    [InlineData("cheap", null, false)]
    [InlineData("cheap", null, true)]
    [InlineData("stong", null, false)]
    [InlineData(null, "x-ai/grok-4.1-fast", false)]
    [InlineData(null, "x-ai/grok-4.1-fast", true)]
    [InlineData(null, "gpt-4o", false)]
    public async Task DirectCall_WithSettingsForSomebodyElse_IsRefused(string? serviceId, string? model, bool isStreamed)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        OpenAIPromptExecutionSettings settings = new() { ServiceId = serviceId, ModelId = model };

        UnknownTierException refused = await Assert.ThrowsAsync<UnknownTierException>(() => isStreamed
            ? jarvis.Chat(Tier.Mid).GetStreamingChatMessageContentsAsync("Work", settings, cancellationToken: Ct).ToListAsync(Ct).AsTask()
            : jarvis.Chat(Tier.Mid).GetChatMessageContentsAsync("Work", settings, cancellationToken: Ct));

        Assert.Contains($"'{serviceId ?? model}'", refused.Message, StringComparison.Ordinal);
        Assert.All(["strong", "mid", "cheap"], known => Assert.Contains(known, refused.Message, StringComparison.Ordinal));
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Theory]
    [InlineData("MID", null)]
    [InlineData("default", "anthropic/claude-sonnet-4.5")]
    public async Task DirectCall_WithSettingsForItself_IsServed(string serviceId, string? model)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, options => options.Route("*", Tier.Strong));

        await jarvis.Chat(Tier.Mid).GetChatMessageContentsAsync("Work", new OpenAIPromptExecutionSettings { ServiceId = serviceId, ModelId = model }, cancellationToken: Ct);

        RecordedCall record = Assert.Single(await database.ReadCallsAsync());
        Assert.Equal(("mid", "direct"), (record.Tier, record.Route));
    }

    private static Task<JarvisHarness> StartAsync(SqliteTestDatabase database, bool withRule) => JarvisHarness.StartAsync(database.Setting, options =>
    {
        options.Tiers.Clear();
        foreach (string way in (string[])[.. Ways, "default"])
        {
            options.Tiers[TierOf(way)] = new TierOptions { Model = $"model of {TierOf(way)}" };
        }

        options.DefaultTier = TierOf("default");
        if (withRule)
        {
            options.Route("Planner.*", TierOf("rule:Planner.*")).Route("Other.*", TierOf("default"));
        }
    });

    private static string TierOf(string way) => way switch { "service_id" => "a", "model_id" => "b", "with_tier" => "c", "default" => "e", _ => "d" };

    private static KernelArguments Arguments(string[] ways)
    {
        KernelArguments arguments = new(new OpenAIPromptExecutionSettings
        {
            ServiceId = ways.Contains("service_id") ? TierOf("service_id") : null,
            ModelId = ways.Contains("model_id") ? $"model of {TierOf("model_id")}" : null,
        });
        return ways.Contains("with_tier") ? arguments.WithTier(TierOf("with_tier")) : arguments;
    }

    private static KernelFunction Function(string plugin, string name) =>
        KernelPluginFactory.CreateFromFunctions(plugin, [KernelFunctionFactory.CreateFromPrompt("Work", functionName: name)])[name];

    private static IChatClient SelectClient(Kernel kernel) =>
        ((IChatClientSelector)kernel.ServiceSelector).TrySelectChatClient(kernel, Function("Planner", "Plan"), [], out IChatClient? client, out _)
            ? client
            : throw new InvalidOperationException("No chat client was selected.");

    private static async Task InvokeAsync(Kernel kernel, KernelFunction function, KernelArguments arguments, bool isStreamed)
    {
        if (isStreamed)
        {
            await kernel.InvokeStreamingAsync(function, arguments, Ct).ToListAsync(Ct);
        }
        else
        {
            await kernel.InvokeAsync(function, arguments, Ct);
        }
    }
}
