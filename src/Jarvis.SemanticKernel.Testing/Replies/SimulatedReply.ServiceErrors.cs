namespace Jarvis.SemanticKernel.Testing;

/// <content>Errors of OpenRouter or the provider behind it.</content>
public sealed partial class SimulatedReply
{
    private const string ProviderReturnedError = "Provider returned error";

    /// <summary>408: the request took too long.</summary>
    /// <returns>The reply.</returns>
    public static SimulatedReply RequestTimeout() => Error(408, "Request timed out", JsonText.Object(json => json.WriteString("error_type", "timeout")));

    /// <summary>429: the provider limits the rate. The body names no user, as recorded.</summary>
    /// <param name="provider">The provider's display name.</param>
    /// <param name="retryAfter">What <c>Retry-After</c> says, in whole seconds; <see langword="null"/> leaves it out, as when a provider gave no hint.</param>
    /// <param name="raw">What the provider said.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply RateLimitedUpstream(
        string provider = "Amazon Bedrock", TimeSpan? retryAfter = null, string raw = "The model is temporarily rate-limited upstream.")
    {
        SimulatedReply reply = Error(
            429,
            ProviderReturnedError,
            JsonText.Object(json =>
            {
                json.WriteString("raw", raw);
                json.WriteString("provider_name", provider);
                json.WriteBoolean("is_byok", false);
                if (retryAfter is { } wait)
                {
                    json.WriteNumber("retry_after_seconds", (int)Math.Ceiling(wait.TotalSeconds));
                }

                json.WriteString("limit_source", "upstream_provider_shared_pool");
                json.WriteString("remedy_hint", "Retry shortly, or let another provider serve.");
            }),
            namesUser: false);
        return retryAfter is { } time ? reply.RetryingAfter(time) : reply;
    }

    /// <summary>500: a fault whose details are masked.</summary>
    /// <returns>The reply.</returns>
    public static SimulatedReply ServerError() => Error(500, "Internal Server Error", JsonText.Object(json => json.WriteString("error_type", "server")));

    /// <summary>502: the provider is down, or its answer made no sense.</summary>
    /// <param name="provider">The provider's display name.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply ProviderUnavailable(string provider = "AtlasCloud") => Error(502, ProviderReturnedError, JsonText.Object(json =>
    {
        json.WriteStartObject("raw");
        json.WriteString("object", "error");
        json.WriteString("message", "engine is not responding");
        json.WriteString("type", "BadGateway");
        json.WriteNull("param");
        json.WriteNumber("code", 502);
        json.WriteEndObject();
        json.WriteString("provider_name", provider);
        json.WriteString("error_type", "provider_unavailable");
    }));

    /// <summary>503: no provider can serve the model now. Comes with <c>Retry-After</c>.</summary>
    /// <param name="model">The model that was asked for.</param>
    /// <param name="retryAfter">What <c>Retry-After</c> says, in whole seconds; 15 seconds unless given.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply NoProvider(string model, TimeSpan? retryAfter = null)
    {
        TimeSpan wait = retryAfter ?? TimeSpan.FromSeconds(15);
        return Error(
            503,
            "No provider can serve this request now.",
            JsonText.Object(json => json.WriteString("error_type", "provider_overloaded")),
            Availability("temporarily_unavailable", retryable: true, model, json =>
            {
                json.WriteNumber("retry_after", (int)Math.Ceiling(wait.TotalSeconds));
                WriteStrings(json, "affected_providers", [ChatAnswer.AuthorOf(model)]);
            })).RetryingAfter(wait);
    }

    /// <summary>524: the edge gave up waiting.</summary>
    /// <returns>The reply.</returns>
    public static SimulatedReply EdgeTimeout() => Error(524, "Request timed out. Please try again later.");

    /// <summary>529: the provider is overloaded.</summary>
    /// <param name="provider">The provider's display name.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply Overloaded(string provider = "Anthropic") =>
        Error(529, ProviderReturnedError, JsonText.Object(json => json.WriteString("provider_name", provider)));
}
