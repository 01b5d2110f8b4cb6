using System.Globalization;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Makes the exception of a failed call: what happened, to which tier and model, what to do.</summary>
internal static class ModelCallFailure
{
    private const int LongestMessage = 500;

    public static ModelCallException Create(ModelCallContext call, string waited, Exception? inner)
    {
        string who = $"tier '{call.Tier}' (model '{call.Model ?? call.RequestedModel}')";
        return call switch
        {
            { Status: AiCallStatus.Timeout } =>
                new ModelCallException($"The call of {who} took too long: {call.Failure}. It may have been billed.{waited}", call, inner),
            { Status: AiCallStatus.Cut } => new ModelCallException(
                $"The answer of {who} was cut before its end ({call.Failure}). What was received is not the whole answer; it may have been billed.{waited}", call, inner),
            { Error: { } error } when call.Failure is null => Create(
                error.Cause, $"The upstream failed a call of {who} with {error.Code}: {Readable(error.Message)}{Advice(call, error)}{waited}", call, inner),
            { HttpStatus: null } => new ProviderUnavailableException(
                $"The upstream of {who} could not be reached ({call.Failure}). Check JarvisRoutingOptions.Endpoint (OPENROUTER_BASE_URL) and the network.{waited}", call, inner),
            _ => new ModelCallException($"The upstream answered a call of {who} with something that is no chat completion ({call.Failure}).{waited}", call, inner),
        };
    }

    private static ModelCallException Create(ModelCallCause cause, string message, ModelCallContext call, Exception? inner) => cause switch
    {
        ModelCallCause.KeyRefused => new KeyRefusedException(message, call, inner),
        ModelCallCause.CreditsExhausted => new CreditsExhaustedException(message, call, inner),
        ModelCallCause.KeyLimitExceeded => new KeyLimitExceededException(message, call, inner),
        ModelCallCause.Moderation => new ModerationException(message, call, inner),
        ModelCallCause.NoEndpoint => new NoEndpointException(message, call, inner),
        ModelCallCause.ModelGone => new ModelGoneException(message, call, inner),
        ModelCallCause.RateLimited => new RateLimitedException(message, call, inner),
        ModelCallCause.ProviderUnavailable => new ProviderUnavailableException(message, call, inner),
        ModelCallCause.ContextLengthExceeded => new ContextLengthExceededException(message, call, inner),
        _ => new ModelCallException(message, call, inner),
    };

    private static string Advice(ModelCallContext call, ModelCallError error) => error.Cause switch
    {
        ModelCallCause.KeyRefused => " Check JarvisRoutingOptions.ApiKey (OPENROUTER_API_KEY).",
        ModelCallCause.CreditsExhausted => " Add credits, or ask for fewer max_tokens.",
        ModelCallCause.KeyLimitExceeded => " Raise the limit of the key, or wait until it starts anew.",
        ModelCallCause.NoEndpoint => $" Ask less of the providers of tier '{call.Tier}', or set JarvisRoutingOptions.Tiers[\"{call.Tier}\"].Model to another model.",
        ModelCallCause.ModelGone => $" Set JarvisRoutingOptions.Tiers[\"{call.Tier}\"].Model to a model that is offered.",
        ModelCallCause.ContextLengthExceeded => " Shorten the prompt or its history, or ask for fewer max_tokens.",
        _ when error.RetryAfter is { } wait => string.Create(CultureInfo.InvariantCulture, $" Try again in {Math.Ceiling(wait.TotalSeconds)} s."),
        _ => string.Empty,
    };

    private static string Readable(string? message)
    {
        string text = string.IsNullOrWhiteSpace(message) ? "no message." : message.ReplaceLineEndings(" ").Trim();
        text = text.Length > LongestMessage ? string.Concat(text.AsSpan(0, LongestMessage), "…") : text;
        return text.EndsWith('.') || text.EndsWith('…') ? text : text + ".";
    }
}
