using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.Routing;

/// <summary>Service id, then model id, then WithTier, then the default tier; and nothing is ever guessed.</summary>
public class TierSelectionTests
{
    private const string Opus = "anthropic/claude-opus-4.6";
    private const string Grok = "x-ai/grok-4.1-fast";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Settings as "service id=model id", WithTier's tier, the tier that serves, the rule that chose it.</summary>
    public static TheoryData<string[], string?, string, string> Decisions { get; } = new()
    {
        { [], null, "mid", "default" },
        { [], "cheap", "cheap", "with_tier" },
        { [], "CHEAP", "cheap", "with_tier" },
        { ["default="], null, "mid", "default" },
        { ["default="], "strong", "strong", "with_tier" },
        { ["strong="], null, "strong", "service_id" },
        { ["Strong="], null, "strong", "service_id" },
        { ["strong="], "cheap", "strong", "service_id" },
        { ["strong=" + Opus], null, "strong", "service_id" },
        { ["default=" + Grok], null, "cheap", "model_id" },
        { ["default=" + Grok], "strong", "cheap", "model_id" },
        { ["unknown=" + Grok], null, "cheap", "model_id" },
        { ["strong=", "default="], null, "strong", "service_id" },
        { ["default=", "strong="], null, "strong", "service_id" },
        { ["gpt-4o=", "strong="], null, "strong", "service_id" },
        { ["cheap=", "strong="], null, "cheap", "service_id" },
        { ["gpt-4o=", "default="], null, "mid", "default" },
        { ["gpt-4o=", "default="], "cheap", "cheap", "with_tier" },
        { ["gpt-4o=gpt-4o", "default="], null, "mid", "default" },
        { ["default=", "gpt-4o=gpt-4o"], null, "mid", "default" },
        { ["gpt-4o=gpt-4o", "default=" + Opus], null, "strong", "model_id" },
    };

    /// <summary>Settings, WithTier's tier, what the message names besides the known tiers.</summary>
    public static TheoryData<string[], string?, string> Conflicts { get; } = new()
    {
        { [], "stong", "'stong'" },
        { ["default="], "stong", "'stong'" },
        { ["stong="], null, "'stong'" },
        { ["stong="], "cheap", "'stong'" },
        { ["gpt-4o=", "o3="], null, "'gpt-4o', 'o3'" },
        { ["gpt-4o=gpt-4o"], null, "'gpt-4o'" },
        { ["default=gpt-4o"], null, "'gpt-4o'" },
        { ["default=gpt-4o"], "cheap", "'gpt-4o'" },
        { ["default=ANTHROPIC/claude-opus-4.6"], null, "'ANTHROPIC/claude-opus-4.6'" },
        { ["cheap=" + Opus], null, "'cheap'" },
        { ["strong=gpt-4o"], null, "'strong'" },
    };

    [Theory]
    [MemberData(nameof(Decisions))]
    public async Task Settings_ChooseTheTier(string[] settings, string? withTier, string tier, string route)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);

        await jarvis.Kernel.InvokePromptAsync("Work", Arguments(settings, withTier), cancellationToken: Ct);

        RecordedCall record = Assert.Single(await database.ReadCallsAsync());
        Assert.Equal((tier, route), (record.Tier, record.Route));
        Assert.Equal(new JarvisRoutingOptions().Tiers[tier].Model, Assert.Single(jarvis.Upstream.Requests).Model);
    }

    [Theory]
    [MemberData(nameof(Conflicts))]
    public async Task SettingsThatFitNoTier_AreRefusedBeforeAnythingLeaves(string[] settings, string? withTier, string named)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        UnknownTierException refused = await Assert.ThrowsAsync<UnknownTierException>(
            () => jarvis.Kernel.InvokePromptAsync("Work", Arguments(settings, withTier), cancellationToken: Ct));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.All(["strong", "mid", "cheap"], known => Assert.Contains(known, refused.Message, StringComparison.Ordinal));
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task ChosenSettings_AreTheOnesSent()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        KernelArguments arguments = new(
        [
            new OpenAIPromptExecutionSettings { MaxTokens = 1 },
            new OpenAIPromptExecutionSettings { ServiceId = "strong", MaxTokens = 2 },
            new OpenAIPromptExecutionSettings { ServiceId = "gpt-4o", MaxTokens = 3 },
        ]);

        await jarvis.Kernel.InvokePromptAsync("Work", arguments, cancellationToken: Ct);

        System.Text.Json.JsonElement body = Assert.Single(jarvis.Upstream.Requests).Body;
        Assert.Equal(2, body.TryGetProperty("max_tokens", out System.Text.Json.JsonElement limit) ? limit.GetInt32() : body.GetProperty("max_completion_tokens").GetInt32());
    }

    [Fact]
    public async Task TierOfOnesOwn_IsServedLikeTheOthers()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options =>
        {
            options.Tiers["vision"] = new TierOptions { Model = "google/gemini-2.5-flash" };
            options.DefaultTier = "Vision";
        });

        await jarvis.Kernel.InvokePromptAsync("Work", cancellationToken: Ct);
        await jarvis.Kernel.InvokePromptAsync("Work", Arguments(["vision="], null), cancellationToken: Ct);
        await jarvis.Kernel.InvokePromptAsync("Work", Arguments(["default=google/gemini-2.5-flash"], null), cancellationToken: Ct);

        Assert.All(jarvis.Upstream.Requests, request => Assert.Equal("google/gemini-2.5-flash", request.Model));
    }

    [Fact]
    public async Task Choice_ThatATemplateShows_IsItsPlainValue()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        string prompt = await new KernelPromptTemplateFactory()
            .Create(new PromptTemplateConfig("{{$jarvis_tier}} {{$jarvis_goal}}"))
            .RenderAsync(jarvis.Kernel, new KernelArguments().WithTier("cheap").WithGoal(42), Ct);

        Assert.Equal("cheap 42", prompt);
    }

    private static KernelArguments Arguments(string[] settings, string? withTier)
    {
        KernelArguments arguments = settings.Length == 0 ? [] : new KernelArguments([.. settings.Select(Settings)]);
        return withTier is null ? arguments : arguments.WithTier(withTier);
    }

    private static PromptExecutionSettings Settings(string text)
    {
        string[] parts = text.Split('=');
        return new OpenAIPromptExecutionSettings { ServiceId = parts[0] == "default" ? null : parts[0], ModelId = parts[1].Length == 0 ? null : parts[1] };
    }
}
