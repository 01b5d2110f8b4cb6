namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Why the upstream failed a call, as far as it matters to whoever has to do something about it.</summary>
internal enum ModelCallCause
{
    Other,
    KeyRefused,
    CreditsExhausted,
    KeyLimitExceeded,
    Moderation,
    NoEndpoint,
    ModelGone,
    RateLimited,
    ProviderUnavailable,
    ContextLengthExceeded,
}
