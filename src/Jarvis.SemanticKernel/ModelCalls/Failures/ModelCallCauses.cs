namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// What OpenRouter's words mean. The most telling one decides: which limit was hit, then why no model could serve, then the type of the error, then its code.
/// docs/errors.md shows the same tables.
/// </summary>
internal static class ModelCallCauses
{
    private static readonly Dictionary<string, ModelCallCause> ByLimitSource = new()
    {
        ["openrouter_credits"] = ModelCallCause.CreditsExhausted,
        ["openrouter_key_limit"] = ModelCallCause.KeyLimitExceeded,
        ["openrouter_workspace_budget"] = ModelCallCause.KeyLimitExceeded,
        ["openrouter_guardrail_budget"] = ModelCallCause.KeyLimitExceeded,
        ["openrouter_in_flight_budget"] = ModelCallCause.RateLimited,
        ["openrouter_free_tier_daily"] = ModelCallCause.RateLimited,
        ["upstream_provider_shared_pool"] = ModelCallCause.RateLimited,
    };

    private static readonly Dictionary<string, ModelCallCause> ByAvailability = new()
    {
        ["model_not_found"] = ModelCallCause.ModelGone,
        ["model_deprecated"] = ModelCallCause.ModelGone,
        ["free_variant_ended"] = ModelCallCause.ModelGone,
        ["wrong_endpoint"] = ModelCallCause.NoEndpoint,
        ["no_endpoints"] = ModelCallCause.NoEndpoint,
        ["region_restricted"] = ModelCallCause.NoEndpoint,
        ["privacy_restricted"] = ModelCallCause.NoEndpoint,
        ["constraint_filtered"] = ModelCallCause.NoEndpoint,
        ["model_unavailable_upstream"] = ModelCallCause.ProviderUnavailable,
        ["capacity_exhausted"] = ModelCallCause.ProviderUnavailable,
        ["temporarily_unavailable"] = ModelCallCause.ProviderUnavailable,
    };

    // The types that are not here are faults of the request, which only its own words explain.
    private static readonly Dictionary<string, ModelCallCause> ByErrorType = new()
    {
        ["context_length_exceeded"] = ModelCallCause.ContextLengthExceeded,
        ["max_tokens_exceeded"] = ModelCallCause.ContextLengthExceeded,
        ["token_limit_exceeded"] = ModelCallCause.ContextLengthExceeded,
        ["string_too_long"] = ModelCallCause.ContextLengthExceeded,
        ["payload_too_large"] = ModelCallCause.ContextLengthExceeded,
        ["authentication"] = ModelCallCause.KeyRefused,
        ["permission_denied"] = ModelCallCause.KeyRefused,
        ["payment_required"] = ModelCallCause.CreditsExhausted,
        ["rate_limit_exceeded"] = ModelCallCause.RateLimited,
        ["content_policy_violation"] = ModelCallCause.Moderation,
        ["refusal"] = ModelCallCause.Moderation,
        ["not_found"] = ModelCallCause.NoEndpoint,
        ["provider_overloaded"] = ModelCallCause.ProviderUnavailable,
        ["provider_unavailable"] = ModelCallCause.ProviderUnavailable,
        ["server"] = ModelCallCause.ProviderUnavailable,
        ["timeout"] = ModelCallCause.ProviderUnavailable,
    };

    public static ModelCallCause Of(int code, ErrorFacts? facts) =>
        Find(ByLimitSource, facts?.LimitSource)
        ?? Find(ByAvailability, facts?.AvailabilityCode)
        ?? Find(ByErrorType, facts?.ErrorType)
        ?? ByWords(facts)
        ?? ByCode(code);

    private static ModelCallCause? Find(Dictionary<string, ModelCallCause> known, string? word) =>
        word is not null && known.TryGetValue(word, out ModelCallCause cause) ? cause : null;

    // What came before OpenRouter had words for it, and what its moderation adds.
    private static ModelCallCause? ByWords(ErrorFacts? facts) => facts switch
    {
        { QuotesWhatWasFlagged: true } => ModelCallCause.Moderation,
        { Message: { } text } when text.StartsWith("Key limit exceeded", StringComparison.Ordinal) => ModelCallCause.KeyLimitExceeded,
        { Message: { } text } when text.Contains("maximum context length", StringComparison.OrdinalIgnoreCase) => ModelCallCause.ContextLengthExceeded,
        _ => null,
    };

    private static ModelCallCause ByCode(int code) => code switch
    {
        401 => ModelCallCause.KeyRefused,
        402 => ModelCallCause.CreditsExhausted,
        404 => ModelCallCause.NoEndpoint,
        413 => ModelCallCause.ContextLengthExceeded,
        429 => ModelCallCause.RateLimited,
        408 or 500 or 502 or 503 or 504 or 524 or 529 => ModelCallCause.ProviderUnavailable,
        _ => ModelCallCause.Other,
    };
}
