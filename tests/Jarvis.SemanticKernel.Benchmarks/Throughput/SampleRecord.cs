using Jarvis.SemanticKernel.Diagnostics;

namespace Jarvis.SemanticKernel.Benchmarks.Throughput;

/// <summary>A record as an agent's call leaves it.</summary>
internal static class SampleRecord
{
    private static readonly AiCallRecord Sample = new()
    {
        CallId = Guid.Empty,
        StartedAt = default,
        Latency = TimeSpan.FromMilliseconds(1840),
        Tier = Tier.Mid,
        RequestedModel = "anthropic/claude-sonnet-4.5",
        Model = "anthropic/claude-4.5-sonnet-20250929",
        Provider = "Anthropic",
        GenerationId = "gen-1763900000-8Kq2mVw4Zt7Rb1Xc5Yd9",
        Status = AiCallStatus.Ok,
        HttpStatus = 200,
        PromptTokens = 4215,
        CompletionTokens = 381,
        CachedTokens = 3072,
        ReasoningTokens = 0,
        CostUsd = 0.0091251m,
        CostSource = CostSource.Reported,
        GoalId = 42,
        Agent = "bookkeeper",
        Function = "Books.Remind",
        RunId = "0198c1a27f3b7c5e9d42",
        Route = "default",
    };

    public static AiCallRecord New() => Sample with { CallId = TimeOrderedId.New(), StartedAt = TimeProvider.System.GetUtcNow() };
}
