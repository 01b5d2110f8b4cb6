namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>The records of the samples, read off the samples by eye.</summary>
internal static class ExpectedCalls
{
    /// <summary>When the samples arrive: an hour before the X-RateLimit-Reset of the one that has it.</summary>
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_786_924_800_000).AddHours(-1);

    private const string Sonnet = "anthropic/claude-sonnet-4.5";
    private const string Opus = "anthropic/claude-opus-4.6";

    private static readonly Dictionary<string, ExpectedCall> All = new()
    {
        ["01-chat-success.json"] = Ok("gen-1786900101-Qk7ZpV3mXc9LtB2nHs4R", "Anthropic", Sonnet, 812, 164, 0, 0.004896m),
        ["03-chat-stream-success.sse"] = Ok("gen-1786900230-bN4vS9xKq2WfE7yRa0Lp", "Anthropic", Sonnet, 455, 23, 0, 0.00171m),
        ["04-chat-tools-parallel.json"] = Ok("gen-1786900377-Hc8TzP5rVm3XoK1sWd6J", "Anthropic", Opus, 1204, 131, 0, 0.009295m),
        ["05-chat-tools-final-round.json"] = Ok("gen-1786900381-Yl2CwN6gUe9RbS4tAq0M", "Anthropic", Opus, 1421, 47, 0, 0.00828m),
        ["07-chat-stream-tools-parallel.sse"] = Ok("gen-1786900544-Ea6QoZ1xTn8MvK3wRy5U", "Anthropic", Opus, 1198, 126, 0, 0.00914m),
        ["08-chat-reasoning.json"] = Ok("gen-1786900702-Uz5RtL0bWk9HxN4cQm2V", "Amazon Bedrock", Sonnet, 233, 96, 71, 0.002139m),
        ["10-chat-cache-write.json"] = Ok("gen-1786900901-Tn8KvA2yHc5LwQ0zMe7X", "Anthropic", Sonnet, 10339, 60, 0, 0.0396555m),
        ["12-chat-byok-no-fee.json"] = Ok("gen-1786901020-Lm4CzY7dVx1QaN5tRw8H", "Anthropic", Sonnet, 500, 120, 0, 0.0033m),
        ["16-chat-fallback-model-router-metadata.json"] = Ok("gen-1786901240-Xc5BnL8wYe2GhS7pDr0Z", "Google", Sonnet, 212, 9, 0, 0.000771m),
        ["20-error-400-invalid-model.json"] = Error(400, "code=400; availability=model_not_found"),
        ["22-error-401-missing-header.json"] = Error(401, "code=401"),
        ["24-error-402-insufficient-for-max-tokens.json"] = Error(402, "code=402; limit_source=openrouter_credits"),
        ["26-error-402-in-flight-budget.json"] = Error(402, "code=402; limit_source=openrouter_in_flight_budget; retry_after=7"),
        ["29-error-403-key-limit-exhausted.json"] = Error(403, "code=403; limit_source=openrouter_key_limit"),
        ["30-error-403-moderation.json"] = Error(403, "code=403; provider_name=OpenAI", provider: "OpenAI"),
        ["36-error-429-provider-raw-string.json"] = Error(
            429, "code=429; limit_source=upstream_provider_shared_pool; provider_name=Amazon Bedrock; retry_after=11", provider: "Amazon Bedrock"),
        ["38-error-429-free-tier-daily.json"] = Error(429, "code=429; limit_source=openrouter_free_tier_daily; retry_after=3600"),
        ["40-error-500-masked.json"] = Error(500, "code=500; error_type=server"),
        ["41-error-502-provider-raw-object.json"] = Error(502, "code=502; error_type=provider_unavailable; provider_name=AtlasCloud", provider: "AtlasCloud"),
        ["42-error-503-no-provider.json"] = Error(503, "code=503; error_type=provider_overloaded; availability=temporarily_unavailable; retry_after=15"),
        ["44-error-529-overloaded.json"] = Error(529, "code=529; provider_name=Anthropic", provider: "Anthropic"),
        ["50-midstream-error-documented.sse"] = Error(
            200, "code=502; error_type=provider_unavailable", "gen-1786902010-Vy7LcR4nWs9TdK2oXm5B", "Anthropic", Opus),
        ["52-stream-error-first-event.sse"] = Error(
            200, "code=429; error_type=rate_limit_exceeded", "gen-1786902077-Ke3TfP6yMz1WvA9cRx8D", "Anthropic", Sonnet),
        ["54-200-error-body.json"] = Error(
            200, "code=502; error_type=provider_unavailable; provider_name=Amazon Bedrock", "gen-1786902150-Aw8ZkC3xVr6NpY1mTd9L", "Amazon Bedrock"),
    };

    public static ExpectedCall Of(string sample) => All[sample];

    private static ExpectedCall Ok(string generationId, string provider, string model, int prompt, int completion, int reasoning, decimal costUsd) =>
        new(AiCallStatus.Ok, 200, generationId, provider, model, prompt, completion, 0, reasoning, costUsd);

    private static ExpectedCall Error(int httpStatus, string error, string? generationId = null, string? provider = null, string? model = null) =>
        new(AiCallStatus.Error, httpStatus, generationId, provider, model, Error: error);
}
