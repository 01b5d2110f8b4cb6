using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <content>Errors that concern the request itself.</content>
public sealed partial class SimulatedReply
{
    /// <summary>400: no such model.</summary>
    /// <param name="model">The model that was asked for.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply InvalidModel(string model) =>
        Error(400, $"{model} is not a valid model ID", availabilityJson: Availability("model_not_found", retryable: false, model));

    /// <summary>400: a parameter is missing or wrong.</summary>
    /// <param name="message">What is wrong.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply InvalidRequest(string message) => Error(400, message);

    /// <summary>400: prompt and <c>max_tokens</c> do not fit into the model's context.</summary>
    /// <param name="maxTokens">The model's context.</param>
    /// <param name="requestedTokens">The tokens asked for.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply ContextTooLong(int maxTokens = 200000, int requestedTokens = 214000) => Error(
        400,
        $"This endpoint's maximum context length is {maxTokens} tokens. However, you requested about {requestedTokens} tokens.",
        JsonText.Object(json => json.WriteString("error_type", "context_length_exceeded")));

    /// <summary>403: moderation flagged the input. The metadata quotes it, which must not reach a log.</summary>
    /// <param name="model">The model that was asked for.</param>
    /// <param name="flaggedInput">The quoted input, at most 100 characters with the real service.</param>
    /// <param name="reasons">Why it was flagged; <c>violence</c> unless given.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply Moderation(string model, string flaggedInput, params string[] reasons)
    {
        ArgumentNullException.ThrowIfNull(reasons);
        return Error(403, "Input flagged.", JsonText.Object(json =>
        {
            WriteStrings(json, "reasons", reasons.Length > 0 ? reasons : ["violence"]);
            json.WriteString("flagged_input", flaggedInput);
            json.WriteString("provider_name", ChatAnswer.ProviderOf(model));
            json.WriteString("model_slug", model);
        }));
    }

    /// <summary>403: a guardrail matched the input. The metadata holds its patterns, which must not reach a log.</summary>
    /// <param name="patterns">The patterns that matched.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply Guardrail(params string[] patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        return Error(403, "Request blocked by guardrail", JsonText.Object(json => WriteStrings(json, "patterns", patterns)));
    }

    /// <summary>403: the model may not be used from the caller's region.</summary>
    /// <param name="model">The model that was asked for.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply RegionRestricted(string model) => Error(
        403, "This model is not available in your region", availabilityJson: Availability("region_restricted", retryable: false, model));

    /// <summary>404: no endpoint is left after the request's own routing filters.</summary>
    /// <param name="model">The model that was asked for.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply NoEndpoints(string model) =>
        Error(404, $"No endpoints found for {model}.", availabilityJson: Availability("no_endpoints", retryable: false, model));

    /// <summary>404: the model was withdrawn.</summary>
    /// <param name="model">The model that was asked for.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply ModelGone(string model) =>
        Error(404, $"{model} is deprecated and no longer available.", availabilityJson: Availability("model_deprecated", retryable: false, model));

    /// <summary>413: the body is too large.</summary>
    /// <returns>The reply.</returns>
    public static SimulatedReply PayloadTooLarge() => Error(413, "Request payload too large");

    /// <summary>422: the body is well-formed and still makes no sense.</summary>
    /// <returns>The reply.</returns>
    public static SimulatedReply Unprocessable() => Error(422, "Unprocessable entity");

    private static string Availability(string code, bool retryable, string model, Action<Utf8JsonWriter>? more = null) => JsonText.Object(json =>
    {
        json.WriteString("code", code);
        json.WriteBoolean("retryable", retryable);
        more?.Invoke(json);
        WriteStrings(json, "requested_models", [model]);
        json.WriteString("docs_url", $"https://openrouter.ai/docs/errors#{code}");
    });

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
