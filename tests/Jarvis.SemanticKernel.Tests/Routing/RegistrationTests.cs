using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using Microsoft.SemanticKernel.Services;
using Moq;

namespace Jarvis.SemanticKernel.Tests.Routing;

/// <summary>What is in the container, and who wins there.</summary>
public class RegistrationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("strong", "anthropic/claude-opus-4.6")]
    [InlineData("STRONG", "anthropic/claude-opus-4.6")]
    [InlineData("Cheap", "x-ai/grok-4.1-fast")]
    public async Task TierByKey_InAnyCase(string key, string model)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        Assert.Equal(model, jarvis.Services.GetRequiredKeyedService<IChatCompletionService>(key).GetModelId());
        Assert.Equal(model, jarvis.Kernel.GetRequiredService<IChatCompletionService>(key).GetModelId());
    }

    [Fact]
    public async Task UnknownKey_GivesNull()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        Assert.Null(jarvis.Services.GetKeyedService<IChatCompletionService>("gpt-4o"));
        Assert.Null(jarvis.Services.GetKeyedService<IChatCompletionService>(7));
        Assert.Equal("anthropic/claude-sonnet-4.5", jarvis.Services.GetRequiredService<IChatCompletionService>().GetModelId());
    }

    [Fact]
    public async Task ForeignConnectorUnderItsOwnId_IsUsedAndNotGoverned()
    {
        Mock<IChatCompletionService> foreign = ChatService("from afar");
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, register: services => services.AddKeyedSingleton("local", foreign.Object));

        FunctionResult result = await jarvis.Kernel.InvokePromptAsync(
            "Work", new KernelArguments(new OpenAIPromptExecutionSettings { ServiceId = "local", ModelId = "llama" }), cancellationToken: Ct);

        Assert.Equal("from afar", result.ToString());
        Assert.Equal(0, jarvis.Upstream.RequestCount);
        await jarvis.KillSwitch.ThrowIfActiveAsync(Ct);
        Assert.Empty(await database.ReadCallsAsync());
    }

    [Theory]
    [InlineData(ServiceLifetime.Scoped, true)]
    [InlineData(ServiceLifetime.Transient, false)]
    [InlineData(ServiceLifetime.Singleton, false)]
    public async Task ScopedModelCallFilter_IsAFault(ServiceLifetime lifetime, bool isFault)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(
            register: services => services.Add(new ServiceDescriptor(typeof(IModelCallFilter), _ => Mock.Of<IModelCallFilter>(), lifetime)));

        Exception? fault = Record.Exception(() => jarvis.Chat("mid"));

        Assert.Equal(isFault, fault is OptionsValidationException && fault.Message.Contains("IModelCallFilter is registered as scoped", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OwnChatServiceInPlaceOfATier_WinsForPromptsToo(bool isByServiceId)
    {
        Mock<IChatCompletionService> own = ChatService("own");
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.AddKeyedSingleton("strong", own.Object));
        KernelArguments arguments = isByServiceId ? new(new OpenAIPromptExecutionSettings { ServiceId = "strong" }) : new KernelArguments().WithTier("strong");

        FunctionResult result = await jarvis.Kernel.InvokePromptAsync("Work", arguments, cancellationToken: Ct);

        Assert.Same(own.Object, jarvis.Kernel.GetRequiredService<IChatCompletionService>("strong"));
        Assert.Equal("own", result.ToString());
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task OwnUnkeyedChatService_WinsInTheContainerAndPromptsStayGoverned()
    {
        Mock<IChatCompletionService> own = ChatService("own");
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.AddSingleton(own.Object));

        await jarvis.Kernel.InvokePromptAsync("Work", cancellationToken: Ct);

        Assert.Same(own.Object, jarvis.Services.GetRequiredService<IChatCompletionService>());
        Assert.Equal(1, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task OwnLedger_GetsTheRecords()
    {
        List<AiCallRecord> records = [];
        Mock<IAiCallLedger> ledger = new();
        ledger.Setup(l => l.AppendAsync(It.IsAny<AiCallRecord>())).Callback(records.Add).Returns(Task.CompletedTask);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.AddSingleton(ledger.Object));

        await jarvis.Kernel.InvokePromptAsync("Work", cancellationToken: Ct);

        Assert.Equal(jarvis.Upstream.TotalBilledUsd, Assert.Single(records).CostUsd);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OwnKillSwitch_IsTheOneAsked(bool isDirect)
    {
        using CancellationTokenSource stop = new();
        Mock<IKillSwitch> own = new();
        own.SetupGet(s => s.StopToken).Returns(stop.Token);
        own.Setup(s => s.ThrowIfActiveAsync(It.IsAny<CancellationToken>())).ThrowsAsync(new KillSwitchActiveException(new KillSwitchState { IsActive = true, Reason = "own" }));
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.AddSingleton(own.Object));

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => isDirect
            ? jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct)
            : jarvis.Kernel.InvokePromptAsync("Work", cancellationToken: Ct));

        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task OwnSelectorAndClock_AreUsed()
    {
        FakeTimeProvider clock = new(new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero));
        Mock<IAIServiceSelector> selector = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services =>
        {
            services.AddSingleton<TimeProvider>(clock);
            services.AddSingleton(selector.Object);
        });

        await jarvis.KillSwitch.ActivateAsync("clock", "test", cancellationToken: Ct);

        Assert.Same(selector.Object, jarvis.Kernel.ServiceSelector);
        Assert.Equal(clock.GetUtcNow(), Assert.Single(await jarvis.KillSwitch.GetHistoryAsync(cancellationToken: Ct)).At);
    }

    [Fact]
    public async Task AddedTwice_NothingIsDoubled()
    {
        await using SqliteTestDatabase database = new();
        int configured = 0;
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, register: services => services
            .AddJarvisRouting()
            .AddJarvisRouting(_ => configured++)
            .AddJarvisOperator()
            .AddJarvisOperator());
        Kernel kernel = jarvis.Kernel;

        await kernel.InvokePromptAsync("Work", cancellationToken: Ct);

        Assert.True(configured > 0);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
        Assert.Single(await database.ReadCallsAsync());
        Assert.Equal(["CostReport", "KillSwitch", "Routing"], kernel.Plugins.Select(plugin => plugin.Name).Order());
        Assert.Equal((1, 2, 1), (kernel.PromptRenderFilters.Count, kernel.FunctionInvocationFilters.Count, kernel.AutoFunctionInvocationFilters.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BuilderOrServiceCollection_MakeTheSameKernel(bool withServiceCollection)
    {
        await using SqliteTestDatabase database = new();
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        ServiceCollection services = [];
        IKernelBuilder builder = withServiceCollection ? services.AddKernel() : Kernel.CreateBuilder();
        builder.Services.AddSingleton<EnvironmentVariables>(new TestEnvironment());
        void Configure(JarvisRoutingOptions options) => (options.ApiKey, options.Endpoint, options.Database) = ("key", upstream.Endpoint, database.Setting);
        if (withServiceCollection)
        {
            services.AddJarvisRouting(Configure);
        }
        else
        {
            builder.AddJarvisRouting(Configure);
        }

        await using ServiceProvider? provider = withServiceCollection ? services.BuildServiceProvider() : null;
        Kernel kernel = provider?.GetRequiredService<Kernel>() ?? builder.Build();

        await kernel.InvokePromptAsync("Work", new KernelArguments().WithTier(Tier.Cheap), cancellationToken: Ct);

        Assert.Equal("cheap", Assert.Single(await database.ReadCallsAsync()).Tier);
        Assert.Equal(["CostReport", "KillSwitch", "Routing"], kernel.Plugins.Select(plugin => plugin.Name).Order());
        Assert.Null(kernel.Services.GetService<IKillSwitchOperator>());
    }

    private static Mock<IChatCompletionService> ChatService(string answer)
    {
        Mock<IChatCompletionService> service = new();
        service.SetupGet(s => s.Attributes).Returns(new Dictionary<string, object?>());
        service.Setup(s => s.GetChatMessageContentsAsync(It.IsAny<ChatHistory>(), It.IsAny<PromptExecutionSettings>(), It.IsAny<Kernel>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync([new ChatMessageContent(AuthorRole.Assistant, answer)]);
        return service;
    }
}
