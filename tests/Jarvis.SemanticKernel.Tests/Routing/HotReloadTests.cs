using System.Text.Json;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Routing;

/// <summary>What changes in a configuration holds from the next call on; what has a fault changes nothing.</summary>
public class HotReloadTests
{
    private const string Canary = "canary-5f2e";

    private readonly IConfigurationRoot _configuration =
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Jarvis:Tiers:mid:Model", (string?)"model/a")]).Build();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoHundredCallsWhileTheModelFlips_AreServedByOneOfTheTwo()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await StartAsync(database.Setting);
        IChatCompletionService chat = jarvis.Chat(Tier.Mid);
        using CancellationTokenSource done = new();
        var flipping = Task.Run(
            () =>
            {
                for (int turn = 0; !done.IsCancellationRequested; turn++)
                {
                    Set("Tiers:mid:Model", turn % 2 == 0 ? "model/b" : "model/a");
                }
            },
            Ct);

        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 200, CancellationToken = Ct }, async (call, token) =>
        {
            if (call % 2 == 0)
            {
                await chat.GetChatMessageContentAsync("Work", cancellationToken: token);
            }
            else
            {
                await chat.GetStreamingChatMessageContentsAsync("Work", cancellationToken: token).ToListAsync(token);
            }
        });
        await done.CancelAsync();
        await flipping;
        await AssertServedByAsync("model/last", chat, jarvis);

        RecordedCall[] records = [.. (await database.ReadCallsAsync()).Where(record => record.RequestedModel != "model/last")];
        Assert.Equal(200, records.Length);
        Assert.All(records, record => Assert.Equal(("ok", "mid"), (record.Status, record.Tier)));
        Assert.All(records, record => Assert.Contains(record.RequestedModel, (string[])["model/a", "model/b"]));
        Assert.Equal(
            jarvis.Upstream.Requests.Select(request => request.Model).Where(model => model != "model/last").Order(StringComparer.Ordinal),
            records.Select(record => record.RequestedModel).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("held")]
    [InlineData("default")]
    [InlineData("prompt")]
    public async Task ChangedModelAndFallbacks_HoldForTheNextCallOnEveryPath(string path)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await StartAsync(database.Setting);
        IChatCompletionService chat = path == "default" ? jarvis.Services.GetRequiredService<IChatCompletionService>() : jarvis.Chat(Tier.Mid);
        Kernel kernel = jarvis.Kernel;
        Task CallAsync() => path == "prompt" ? kernel.InvokePromptAsync("Work", cancellationToken: Ct) : chat.GetChatMessageContentAsync("Work", cancellationToken: Ct);

        await CallAsync();
        Set("Tiers:mid:FallbackModels:0", "model/c");
        Set("Tiers:mid:MaxTokens", "99");
        Set("Tiers:mid:Model", "model/b");
        await CallAsync();

        Assert.Equal(["model/a", "model/b"], (await database.ReadCallsAsync()).Select(record => record.RequestedModel));
        JsonElement body = jarvis.Upstream.Requests[1].Body;
        Assert.Equal(["model/b", "model/c"], body.GetProperty("models").EnumerateArray().Select(model => model.GetString()));
        Assert.Equal(99, body.TryGetProperty("max_tokens", out JsonElement limit) ? limit.GetInt32() : body.GetProperty("max_completion_tokens").GetInt32());
        Assert.Equal("model/b", jarvis.Services.GetRequiredService<ITierCatalog>().FindModel("mid"));
    }

    [Fact]
    public async Task CallsUnderWay_KeepTheirsThroughAllRounds()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await StartAsync(database.Setting);
        Kernel kernel = jarvis.Kernel;
        kernel.Plugins.AddFromFunctions("Settings", [KernelFunctionFactory.CreateFromMethod(() => Set("Tiers:mid:Model", "model/b"), "Change")]);
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("Settings-Change", "{}")), SimulatedReply.Text("done"));

        await kernel.InvokePromptAsync("Work", new KernelArguments(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }), cancellationToken: Ct);
        await kernel.InvokePromptAsync("Work", cancellationToken: Ct);

        Assert.Equal(["model/a", "model/a", "model/b"], (await database.ReadCallsAsync()).Select(record => record.RequestedModel));
    }

    [Fact]
    public async Task ChangedEndpoint_IsTheNextCalls()
    {
        await using OpenRouterSimulator other = await OpenRouterSimulator.StartAsync(ct: Ct);
        await using JarvisHarness jarvis = await StartAsync(configure: options => options.Endpoint = _configuration["Other"] is { } address ? new Uri(address) : options.Endpoint);
        IChatCompletionService chat = jarvis.Chat(Tier.Mid);

        await chat.GetChatMessageContentAsync("Work", cancellationToken: Ct);
        _configuration["Other"] = other.Endpoint.ToString();
        _configuration.Reload();
        await chat.GetChatMessageContentAsync("Work", cancellationToken: Ct);

        Assert.Equal((1, 1), (jarvis.Upstream.RequestCount, other.RequestCount));
    }

    [Fact]
    public async Task ChangedKey_IsTheNextCallsAndStaysSecret()
    {
        string key = $"unlike-others-{Canary}";
        await using JarvisHarness jarvis = await StartAsync(configure: options => options.ApiKey = _configuration["Key"] ?? options.ApiKey);
        IChatCompletionService chat = jarvis.Chat(Tier.Mid);
        _configuration["Key"] = key;
        _configuration.Reload();
        jarvis.Upstream.Enqueue(SimulatedReply.InvalidRequest($"Who has {key}?"));

        ModelCallException refused = await Assert.ThrowsAsync<ModelCallException>(() => chat.GetChatMessageContentAsync("Work", cancellationToken: Ct));

        Assert.Equal($"Bearer {key}", Assert.Single(jarvis.Upstream.Requests).Headers["Authorization"]);
        Assert.Contains("Who has", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RoutesDefaultsAndTiers_ComeAndGo()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await StartAsync(database.Setting);
        IChatCompletionService standing = jarvis.Services.GetRequiredService<IChatCompletionService>();
        Set("Tiers:vision:Model", "model/vision");
        Set("Routes:*", "vision");
        Set("DefaultTier", "cheap");

        await jarvis.Kernel.InvokePromptAsync("Work", cancellationToken: Ct);
        await standing.GetChatMessageContentAsync("Work", cancellationToken: Ct);
        IChatCompletionService vision = jarvis.Chat("vision");
        await vision.GetChatMessageContentAsync("Work", cancellationToken: Ct);

        Assert.Equal([("vision", "rule:*"), ("cheap", "direct"), ("vision", "direct")], (await database.ReadCallsAsync()).Select(record => (record.Tier, record.Route)));
        Set("Routes:*", null);
        Set("Tiers:vision:Model", null);
        UnknownTierException gone = await Assert.ThrowsAsync<UnknownTierException>(() => vision.GetChatMessageContentAsync("Work", cancellationToken: Ct));
        Assert.Contains("'vision'", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangeWithFaults_IsLoggedWithAllOfThemAndChangesNothing()
    {
        await using JarvisHarness jarvis = await StartAsync();
        FakeLogCollector logs = jarvis.Services.GetRequiredService<FakeLogCollector>();
        IChatCompletionService chat = jarvis.Chat(Tier.Mid);
        _configuration["Jarvis:Tiers:mid:Model"] = " ";
        _configuration["Jarvis:Tiers:mid:MaxTokens"] = $"Password={Canary}";
        _configuration["Jarvis:DefaultTier"] = "medium";
        _configuration.Reload();

        await chat.GetChatMessageContentAsync("Work", cancellationToken: Ct);

        Assert.Equal("model/a", Assert.Single(jarvis.Upstream.Requests).Model);
        Assert.Equal("model/a", jarvis.Services.GetRequiredService<IOptionsMonitor<JarvisRoutingOptions>>().CurrentValue.Tiers["mid"].Model);
        FakeLogRecord refused = Assert.Single(logs.GetSnapshot(), record => record.Id == 3081);
        Assert.Equal(LogLevel.Error, refused.Level);
        Assert.All(["Tiers:mid:Model", "Tiers:mid:MaxTokens", "DefaultTier is 'medium'"], fault => Assert.Contains(fault, refused.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(Canary, refused.Message, StringComparison.Ordinal);

        _configuration["Jarvis:Tiers:mid:MaxTokens"] = "5";
        _configuration["Jarvis:DefaultTier"] = "mid";
        Set("Tiers:mid:Model", "model/b");
        await chat.GetChatMessageContentAsync("Work", cancellationToken: Ct);

        Assert.Equal("model/b", jarvis.Upstream.Requests[1].Model);
    }

    [Fact]
    public async Task CodeThatThrowsWhileItFillsTheOptions_ChangesNothing()
    {
        await using JarvisHarness jarvis = await StartAsync(configure: _ =>
        {
            if (_configuration["Throw"] is not null)
            {
                throw new InvalidOperationException(Canary);
            }
        });
        IChatCompletionService chat = jarvis.Chat(Tier.Mid);
        _configuration["Throw"] = "yes";
        Set("Tiers:mid:Model", "model/b");

        await chat.GetChatMessageContentAsync("Work", cancellationToken: Ct);

        Assert.Equal("model/a", Assert.Single(jarvis.Upstream.Requests).Model);
        FakeLogRecord refused = Assert.Single(jarvis.Services.GetRequiredService<FakeLogCollector>().GetSnapshot(), record => record.Id == 3081);
        Assert.DoesNotContain(Canary, refused.Message, StringComparison.Ordinal);
    }

    private async Task AssertServedByAsync(string model, IChatCompletionService chat, JarvisHarness jarvis)
    {
        Set("Tiers:mid:Model", model);
        await chat.GetChatMessageContentAsync("Work", cancellationToken: Ct);
        Assert.Equal(model, jarvis.Upstream.Requests[^1].Model);
    }

    private void Set(string setting, string? value)
    {
        _configuration[$"Jarvis:{setting}"] = value;
        _configuration.Reload();
    }

    private Task<JarvisHarness> StartAsync(string? database = null, Action<JarvisRoutingOptions>? configure = null) => JarvisHarness.StartAsync(
        database, configure, services => services.AddFakeLogging().AddJarvisRouting(_configuration));
}
