using System.Text.Json;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.Routing;

/// <summary>What only OpenRouter understands reaches the wire where a tier asks for it, and nothing does where none does.</summary>
public class RequestExtrasTests
{
    private const string Sonnet = "anthropic/claude-sonnet-4.5";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FallbackModels_ReachTheWireInOrderAndTheRowShowsWhoAnswered(bool isStreamed)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, options => options.Tiers["mid"].FallbackModels = ["z/second", "a/third"]);
        jarvis.Upstream.Enqueue(SimulatedReply.Text("from another").WithModel("a/third"));

        await CallAsync(jarvis, settings: null, isStreamed);

        JsonElement body = Assert.Single(jarvis.Upstream.Requests).Body;
        Assert.Equal(Sonnet, body.GetProperty("model").GetString());
        Assert.Equal([Sonnet, "z/second", "a/third"], body.GetProperty("models").EnumerateArray().Select(model => model.GetString()));
        RecordedCall record = Assert.Single(await database.ReadCallsAsync());
        Assert.Equal(("mid", Sonnet, "a/third"), (record.Tier, record.RequestedModel, record.Model));
    }

    [Fact]
    public async Task ProviderPreferences_ReachTheWire()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options =>
        {
            ProviderPreferences provider = options.Tiers["mid"].Provider;
            provider.Order = ["anthropic", "azure"];
            provider.Only = ["anthropic", "azure", "google-vertex"];
            provider.Ignore = ["groq"];
            provider.Quantizations = ["fp8"];
            provider.AllowFallbacks = false;
            provider.RequireParameters = true;
            provider.DataCollection = ProviderDataPolicy.Deny;
            provider.Zdr = true;
            provider.EnforceDistillableText = false;
            provider.Sort = ProviderSort.Throughput;
            provider.MaxPrice.PromptUsdPerMillion = 3.50m;
            provider.MaxPrice.RequestUsd = 0m;
        });

        await CallAsync(jarvis, settings: null, isStreamed: false);

        Assert.Equal(
            """
            {"order":["anthropic","azure"],"only":["anthropic","azure","google-vertex"],"ignore":["groq"],"quantizations":["fp8"],"allow_fallbacks":false,"require_parameters":true,"data_collection":"deny","zdr":true,"enforce_distillable_text":false,"sort":"throughput","max_price":{"prompt":"3.50","request":"0"}}
            """,
            Assert.Single(jarvis.Upstream.Requests).Body.GetProperty("provider").GetRawText());
    }

    [Fact]
    public async Task TierWithoutExtras_SendsNone()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        await CallAsync(jarvis, settings: null, isStreamed: false);

        JsonElement body = Assert.Single(jarvis.Upstream.Requests).Body;
        Assert.All(["models", "provider", "user", "session_id"], member => Assert.False(body.TryGetProperty(member, out _)));
    }

    [Theory]
    [InlineData("models", "models", """["own/one"]""")]
    [InlineData("$.provider.sort", "provider", """{"sort":"price"}""")]
    [InlineData("other", "other", "1")]
    public async Task SettingsThatBringOneThemselves_Win(string key, string member, string json)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options =>
        {
            options.Tiers["mid"].FallbackModels = ["b"];
            options.Tiers["mid"].Provider.Sort = ProviderSort.Latency;
        });
        object value = key == "$.provider.sort" ? "price" : JsonSerializer.Deserialize<JsonElement>(json);
        OpenAIPromptExecutionSettings settings = new() { ExtraBody = new Dictionary<string, object?> { [key] = value }, Seed = 7 };

        await CallAsync(jarvis, settings, isStreamed: false);

        JsonElement body = Assert.Single(jarvis.Upstream.Requests).Body;
        Assert.Equal(json, body.GetProperty(member).GetRawText());
        Assert.Equal(7, body.GetProperty("seed").GetInt32());
        Assert.Equal(member == "provider" ? "price" : "latency", body.GetProperty("provider").GetProperty("sort").GetString());
        Assert.Equal(member == "models" ? 1 : 2, body.GetProperty("models").GetArrayLength());
        Assert.Equal(key, Assert.Single(settings.ExtraBody).Key);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("$.model")]
    public async Task ModelPutIntoTheBody_IsRefused(string key)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        OpenAIPromptExecutionSettings settings = new() { ExtraBody = new Dictionary<string, object?> { [key] = "own/one" } };

        UnknownTierException refused = await Assert.ThrowsAsync<UnknownTierException>(() => CallAsync(jarvis, settings, isStreamed: false));

        Assert.Contains("'own/one'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAndAgent_ReachTheWire(bool isStreamed)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        await CallAsync(jarvis, settings: null, isStreamed);
        using (JarvisScope.Begin(agent: "restocker", run: "2026-03-01/morning"))
        {
            await CallAsync(jarvis, new OpenAIPromptExecutionSettings(), isStreamed);
            await CallAsync(jarvis, new OpenAIPromptExecutionSettings { User = "own" }, isStreamed);
        }

        Assert.Equal([null, "restocker", "own"], jarvis.Upstream.Requests.Select(request => request.Body.TryGetProperty("user", out JsonElement user) ? user.GetString() : null));
        Assert.Equal(
            (await database.ReadCallsAsync()).Select(record => record.RunId).Order(StringComparer.Ordinal),
            jarvis.Upstream.Requests.Select(request => request.Headers["x-session-id"]).Order(StringComparer.Ordinal));
        Assert.Equal("2026-03-01/morning", jarvis.Upstream.Requests[1].Headers["x-session-id"]);
    }

    [Fact]
    public async Task RunThatIsNoHeader_IsSentAsItsHash()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        foreach (string run in (string[])["Größe", "Größe", "two\r\nlines", new string('x', 257)])
        {
            using (JarvisScope.Begin(run: run))
            {
                await CallAsync(jarvis, settings: null, isStreamed: false);
            }
        }

        string[] sessions = [.. jarvis.Upstream.Requests.Select(request => request.Headers["x-session-id"])];
        Assert.All(sessions, session => Assert.Matches("^sha256-[0-9a-f]{64}$", session));
        Assert.Equal(sessions[0], sessions[1]);
        Assert.Equal(3, sessions.Distinct().Count());
    }

    [Theory]
    [InlineData("z/second", true)]
    [InlineData(Sonnet, true)]
    [InlineData("z/third", false)]
    public async Task SwitchOfAModelThatMayAnswer_StopsTheCall(string model, bool stops)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Tiers["mid"].FallbackModels = ["z/second"]);
        await jarvis.KillSwitch.ActivateAsync("Too dear", "test", new KillSwitchActivation { Scope = KillSwitchScope.ForModel(model) }, Ct);

        Exception? stopped = await Record.ExceptionAsync(() => CallAsync(jarvis, settings: null, isStreamed: false));

        Assert.Equal(stops, stopped is KillSwitchActiveException);
        Assert.Equal(stops ? 0 : 1, jarvis.Upstream.RequestCount);
    }

    [Theory]
    [InlineData("cheap", "Tiers:cheap:Model (JARVIS_MODEL_CHEAP)")]
    [InlineData("vision", "Tiers:vision:Model to")]
    public async Task RetiredModel_IsAnErrorThatNamesTheSetting(string tier, string setting)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Tiers["vision"] = new TierOptions { Model = "x-ai/grok-4.1-fast" });
        jarvis.Upstream.Enqueue(SimulatedReply.ModelGone("x-ai/grok-4.1-fast"));

        ModelGoneException gone = await Assert.ThrowsAsync<ModelGoneException>(() => jarvis.Chat(tier).GetChatMessageContentAsync("Work", cancellationToken: Ct));

        Assert.Contains(setting, gone.Message, StringComparison.Ordinal);
        Assert.Contains($"Tiers:{tier}:FallbackModels", gone.Message, StringComparison.Ordinal);
        Assert.Contains("x-ai/grok-4.1-fast", gone.Message, StringComparison.Ordinal);
    }

    private static async Task CallAsync(JarvisHarness jarvis, PromptExecutionSettings? settings, bool isStreamed)
    {
        if (isStreamed)
        {
            await jarvis.Chat(Tier.Mid).GetStreamingChatMessageContentsAsync("Work", settings, cancellationToken: Ct).ToListAsync(Ct);
        }
        else
        {
            await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", settings, cancellationToken: Ct);
        }
    }
}
