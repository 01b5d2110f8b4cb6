namespace Jarvis.SemanticKernel.Tests.Storage;

internal static class Records
{
    public static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    public static AiCallRecord Billed(decimal costUsd = 0.0123m) => new()
    {
        CallId = Guid.NewGuid(),
        StartedAt = Noon,
        Latency = TimeSpan.FromMilliseconds(321),
        Tier = "mid",
        RequestedModel = "vendor/asked",
        Model = "vendor/answered",
        Provider = "Provider",
        GenerationId = "gen-1",
        Status = AiCallStatus.Ok,
        HttpStatus = 200,
        PromptTokens = 100,
        CompletionTokens = 20,
        CachedTokens = 10,
        ReasoningTokens = 5,
        CostUsd = costUsd,
        CostSource = CostSource.Reported,
        IsStreamed = true,
        Attempt = 2,
        GoalId = 42,
        Agent = "planner",
        Function = "Plugin.Function",
        RunId = "run-1",
        Route = "default",
    };

    public static AiCallRecord Unbilled(AiCallStatus status = AiCallStatus.Cut) => Billed() with
    {
        Status = status,
        Model = null,
        CostUsd = null,
        CostSource = CostSource.Unknown,
        PromptTokens = null,
        CompletionTokens = null,
    };
}
