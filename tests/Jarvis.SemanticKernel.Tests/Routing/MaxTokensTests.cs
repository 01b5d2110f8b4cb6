using System.Text.Json;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.Routing;

/// <summary>Every request says how long its answer may be: what the settings say, in whatever class, else what the tier says.</summary>
public class MaxTokensTests
{
    private const int OfTheTier = 1234;

    private static readonly Dictionary<string, (Func<PromptExecutionSettings?> Make, int Expected)> Settings = new(StringComparer.Ordinal)
    {
        ["none"] = (() => null, OfTheTier),
        ["plain"] = (() => new PromptExecutionSettings(), OfTheTier),
        ["plain with max_tokens"] = (() => new PromptExecutionSettings { ExtensionData = new Dictionary<string, object> { ["max_tokens"] = 50 } }, 50),
        ["plain with max_completion_tokens"] = (() => new PromptExecutionSettings { ExtensionData = new Dictionary<string, object> { ["max_completion_tokens"] = 51 } }, 51),
        ["plain from a file"] = (() => JsonSerializer.Deserialize<PromptExecutionSettings>("""{"max_completion_tokens":52,"temperature":0.5}"""), 52),
        ["OpenAI"] = (() => new OpenAIPromptExecutionSettings { Temperature = 0.5 }, OfTheTier),
        ["OpenAI with MaxTokens"] = (() => new OpenAIPromptExecutionSettings { MaxTokens = 53 }, 53),
        ["OpenAI with max_completion_tokens"] = (() => new OpenAIPromptExecutionSettings { ExtensionData = new Dictionary<string, object> { ["max_completion_tokens"] = "54" } }, 54),
        ["OpenAI with max_tokens in the body"] = (() => new OpenAIPromptExecutionSettings { ExtraBody = new Dictionary<string, object?> { ["max_tokens"] = 55 } }, 55),
        ["OpenAI with a path into the body"] = (() => new OpenAIPromptExecutionSettings { ExtraBody = new Dictionary<string, object?> { ["$.max_completion_tokens"] = 56 } }, 56),
        ["derived from OpenAI's"] = (() => new DerivedSettings(), OfTheTier),
        ["of another connector"] = (() => new SettingsOfAnother { MaxTokens = 57 }, 57),
        ["frozen"] = (Frozen, OfTheTier),
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Cases { get; } =
        [.. from name in Settings.Keys from streamed in (bool[])[false, true] select new TheoryDataRow<string, bool>(name, streamed)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Limit_IsSentOnceAndTheCallersSettingsAreLeft(string name, bool isStreamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        PromptExecutionSettings? settings = Settings[name].Make();
        string before = JsonSerializer.Serialize<object?>(settings);

        if (isStreamed)
        {
            await jarvis.Chat(Tier.Mid).GetStreamingChatMessageContentsAsync("Work", settings, cancellationToken: Ct).ToListAsync(Ct);
        }
        else
        {
            await jarvis.Chat(Tier.Mid).GetChatMessageContentsAsync("Work", settings, cancellationToken: Ct);
        }

        JsonElement body = Assert.Single(jarvis.Upstream.Requests).Body;
        Assert.Equal(Settings[name].Expected, LimitOf(body));
        Assert.Equal(before, JsonSerializer.Serialize<object?>(settings));
        Assert.Equal(name is "OpenAI" or "plain from a file", body.TryGetProperty("temperature", out _));
    }

    [Theory]
    [InlineData(null, OfTheTier)]
    [InlineData(58, 58)]
    public async Task ChatClientOfATier_SendsItToo(int? limit, int expected)
    {
        await using JarvisHarness jarvis = await StartAsync();
        using IChatClient client = jarvis.Chat(Tier.Mid).AsChatClient();

        await client.GetResponseAsync("Work", new ChatOptions { MaxOutputTokens = limit }, Ct);

        Assert.Equal(expected, LimitOf(Assert.Single(jarvis.Upstream.Requests).Body));
    }

    [Fact]
    public async Task RoundsAndRetries_SendItEachTime()
    {
        await using JarvisHarness jarvis = await StartAsync();
        Kernel kernel = jarvis.Kernel;
        kernel.Plugins.AddFromFunctions("Stock", [KernelFunctionFactory.CreateFromMethod(() => 3, "Count")]);
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("Stock-Count", "{}")), SimulatedReply.ServerError(), SimulatedReply.Text("3"));

        await kernel.InvokePromptAsync("Work", new KernelArguments(new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }), cancellationToken: Ct);

        Assert.Equal(3, jarvis.Upstream.RequestCount);
        Assert.All(jarvis.Upstream.Requests, request => Assert.Equal(OfTheTier, LimitOf(request.Body)));
    }

    [Fact]
    public async Task TierThatSaysNothing_HasTheDefault()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        await jarvis.Kernel.InvokePromptAsync("Work", cancellationToken: Ct);

        Assert.Equal(TierOptions.DefaultMaxTokens, LimitOf(Assert.Single(jarvis.Upstream.Requests).Body));
    }

    [Fact]
    public async Task LimitThatIsNone_IsAnError()
    {
        await using JarvisHarness jarvis = await StartAsync();
        PromptExecutionSettings settings = new() { ExtensionData = new Dictionary<string, object> { ["max_completion_tokens"] = "many" } };

        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => jarvis.Chat(Tier.Mid).GetChatMessageContentsAsync("Work", settings, cancellationToken: Ct));

        Assert.Contains("'many' for max_completion_tokens", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    private static Task<JarvisHarness> StartAsync() => JarvisHarness.StartAsync(configure: options => options.Tiers["mid"].MaxTokens = OfTheTier);

    private static int LimitOf(JsonElement body) =>
        Assert.Single(body.EnumerateObject(), member => member.Name is "max_tokens" or "max_completion_tokens").Value.GetInt32();

    private static OpenAIPromptExecutionSettings Frozen()
    {
        OpenAIPromptExecutionSettings settings = new();
        settings.Freeze();
        return settings;
    }

    private sealed class DerivedSettings : OpenAIPromptExecutionSettings;

    private sealed class SettingsOfAnother : PromptExecutionSettings
    {
        [System.Text.Json.Serialization.JsonPropertyName("max_tokens")]
        public int MaxTokens { get; init; }
    }
}
