using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Documentation;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.ModelCalls;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.Extensions;

/// <summary>A tier that another OpenAI-compatible endpoint serves.</summary>
public class OwnEndpointTests
{
    private const string Local = "local";

    // On OpenRouter's list of prices too.
    private const string Model = "anthropic/claude-sonnet-4.5";
    private const string Key = "own-canary-key-77";

    private readonly RecordingLedger _ledger = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, Key)]
    [InlineData(true, Key)]
    public async Task Request_CarriesItsOwnKeyAndNothingOfOpenRouter(bool asChatClient, string? key)
    {
        await using OpenRouterSimulator local = await StartLocalAsync(key);
        await using JarvisHarness jarvis = await StartAsync(local, tier => tier.ApiKey = key);

        if (asChatClient)
        {
            await jarvis.Services.GetRequiredKeyedService<IChatClient>(Local).GetResponseAsync("hello", cancellationToken: Ct);
        }
        else
        {
            await ChatReply.AskAsync(jarvis.Chat(Local), streamed: true, Ct);
        }

        SimulatedRequest request = Assert.Single(local.Requests);
        Assert.Equal(key is null ? null : $"Bearer {key}", request.Headers.GetValueOrDefault("Authorization"));
        Assert.DoesNotContain(request.Headers, header => header.Key is "HTTP-Referer" or "X-OpenRouter-Title" || header.Value.Contains(JarvisHarness.ApiKey, StringComparison.Ordinal));
        Assert.Equal(Model, request.Model);
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task OtherTiers_GoWhereTheyWent()
    {
        await using OpenRouterSimulator local = await StartLocalAsync(Key);
        await using JarvisHarness jarvis = await StartAsync(local, tier => tier.ApiKey = Key);

        await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);

        Assert.Equal(0, local.RequestCount);
        Assert.Equal($"Bearer {JarvisHarness.ApiKey}", Assert.Single(jarvis.Upstream.Requests).Headers["Authorization"]);
    }

    [Theory]
    [InlineData(null, null, CostSource.Unknown, null)]
    [InlineData(null, "2", CostSource.Computed, "0.00023")]
    [InlineData(null, "0", CostSource.Computed, "0")]
    [InlineData("0.5", "2", CostSource.Reported, "0.5")]
    public async Task Cost_IsReportedOrComputedOrUnknown(string? reported, string? usdPerMillion, CostSource source, string? cost)
    {
        await using OpenRouterSimulator local = await StartLocalAsync(null);
        SimulatedReply reply = SimulatedReply.Text("answer").WithUsage(100, 15, reported);
        local.DefaultReply = reported is null ? reply.WithoutCost() : reply;
        await using JarvisHarness jarvis = await StartAsync(
            local,
            tier => tier.Prices = usdPerMillion is null ? null : new() { PromptUsdPerMillion = Number(usdPerMillion), CompletionUsdPerMillion = Number(usdPerMillion) },
            options => options.Ledger.Reconciliation.IsEnabled = true);

        await ChatReply.AskAsync(jarvis.Chat(Local), streamed: false, Ct);

        AiCallRecord record = Assert.Single(_ledger.Records);
        Assert.Equal((source, cost is null ? null : Number(cost)), (record.CostSource, record.CostUsd));
        Assert.Equal((100, 15, Local), (record.PromptTokens, record.CompletionTokens, record.Tier));
    }

    [Fact]
    public async Task KeyOfOpenRouter_IsNotNeededWhereNobodyUsesIt()
    {
        await using OpenRouterSimulator local = await StartLocalAsync(null);
        await using JarvisHarness jarvis = await StartAsync(local, configure: options =>
        {
            options.ApiKey = null;
            TierOptions own = options.Tiers[Local];
            options.Tiers.Clear();
            options.Tiers[Local] = own;
            options.DefaultTier = Local;
        });

        Assert.Equal("answer", (await ChatReply.AskAsync(jarvis.Chat(Local), streamed: false, Ct)).Reply.Text);
    }

    [Fact]
    public async Task Failure_NamesTheTiersOwnSettingsAndNotItsKey()
    {
        await using OpenRouterSimulator local = await StartLocalAsync(Key);
        local.DefaultReply = SimulatedReply.Error(401, $"The key {Key} is unknown.");
        await using JarvisHarness jarvis = await StartAsync(local, tier => tier.ApiKey = Key);

        (_, ModelCallException? failure) = await ChatReply.AskAsync(jarvis.Chat(Local), streamed: false, Ct);

        Assert.IsType<KeyRefusedException>(failure);
        Assert.Contains("JarvisRoutingOptions.Tiers[\"local\"].ApiKey", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TiersOfThePage_AreValid()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => AgentsPage.Configure(options, "key"));

        Assert.Equal(["strong", "mid", "cheap", "local", "hosted"], jarvis.Services.GetRequiredService<ITierCatalog>().Names);
    }

    [Fact]
    public async Task SwitchActive_NothingLeaves()
    {
        await using OpenRouterSimulator local = await StartLocalAsync(null);
        await using JarvisHarness jarvis = await StartAsync(local);
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => ChatReply.AskAsync(jarvis.Chat(Local), streamed: false, Ct));

        Assert.Equal(0, local.RequestCount);
    }

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<OpenRouterSimulator> StartLocalAsync(string? key)
    {
        OpenRouterSimulator local = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { ApiKey = key, NeedsKey = key is not null }, Ct);
        local.DefaultReply = SimulatedReply.Text("answer");
        return local;
    }

    private Task<JarvisHarness> StartAsync(OpenRouterSimulator local, Action<TierOptions>? configureTier = null, Action<JarvisRoutingOptions>? configure = null) =>
        JarvisHarness.StartAsync(
            configure: options =>
            {
                options.Tiers[Local] = new() { Endpoint = local.Endpoint, Model = Model };
                configureTier?.Invoke(options.Tiers[Local]);
                configure?.Invoke(options);
            },
            register: services => services.AddSingleton<IAiCallLedger>(_ledger));
}
