using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Jarvis.SemanticKernel.Diagnostics;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>What an upstream's error means, for retries, records and people.</summary>
internal static class ModelCallErrors
{
    /// <summary>Describes an error that came with its own status code.</summary>
    public static ModelCallError Describe(int status, AnswerFacts facts, HttpResponseHeaders headers, TimeProvider time, string? apiKey) =>
        Describe(status, facts, apiKey) with { RetryAfter = RetryAfter(headers, time) ?? RetryAfter(facts.Error) };

    /// <summary>Describes an error inside a 200: the body's own code, where it is one.</summary>
    public static ModelCallError Describe(AnswerFacts facts, string? apiKey) =>
        Describe(facts.Error?.Code is >= 400 and <= 599 and var code ? code : (int)HttpStatusCode.BadGateway, facts, apiKey);

    public static ModelCallException ToException(ModelCallContext call, Exception? cause, bool endedByTotalTimeout = false)
    {
        string waited = endedByTotalTimeout && call.Failure != nameof(ResilienceOptions.TotalTimeout) ? $" {nameof(ResilienceOptions.TotalTimeout)} passed before another attempt." : string.Empty;
        return ModelCallFailure.Create(call, waited, cause);
    }

    private static ModelCallError Describe(int code, AnswerFacts facts, string? apiKey) => new()
    {
        Code = code,
        Message = facts.Error?.Message is { } message ? SecretScrubber.Scrub(message, apiKey) : null,
        ErrorType = Fact(facts.Error?.ErrorType, apiKey),
        LimitSource = Fact(facts.Error?.LimitSource, apiKey),
        ProviderName = Fact(facts.Error?.ProviderName, apiKey),
        AvailabilityCode = Fact(facts.Error?.AvailabilityCode, apiKey),
        Cause = ModelCallCauses.Of(code, facts.Error),
        RetryAfter = RetryAfter(facts.Error),
    };

    // Identifiers and names are short; whatever is not is no fact.
    private static string? Fact(string? text, string? apiKey) =>
        text is { Length: > 0 and <= 64 } && !text.Any(char.IsControl) ? SecretScrubber.Scrub(text, apiKey) : null;

    private static TimeSpan? RetryAfter(ErrorFacts? error) =>
        error?.RetryAfterSeconds is >= 0m and <= 604_800m and var seconds ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond)) : null;

    private static TimeSpan? RetryAfter(HttpResponseHeaders headers, TimeProvider time)
    {
        TimeSpan? wait = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => headers.TryGetValues("X-RateLimit-Reset", out IEnumerable<string>? values)
                && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long epochMilliseconds)
                && epochMilliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                ? DateTimeOffset.FromUnixTimeMilliseconds(epochMilliseconds) - time.GetUtcNow()
                : null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>What went wrong on the way to or from the upstream.</summary>
    public static HttpRequestError KindOf(Exception failure) => failure switch
    {
        HttpRequestException http => http.HttpRequestError,
        HttpIOException io => io.HttpRequestError,
        InvalidDataException => HttpRequestError.InvalidResponse,
        _ => HttpRequestError.Unknown,
    };
}
