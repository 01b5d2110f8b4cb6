using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>Reads what the simulator needs of a request's body.</summary>
internal static class ChatRequestBody
{
    public static JsonDocument? TryParse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Fills the request from its body.</summary>
    /// <returns>What is wrong with the body, or <see langword="null"/>.</returns>
    public static string? Read(JsonDocument? document, SimulatedRequest request, string defaultModel)
    {
        request.Model = defaultModel;
        if (document is null)
        {
            return "The request body is not valid JSON";
        }

        JsonElement body = document.RootElement;
        request.Body = body;
        if (body.ValueKind != JsonValueKind.Object)
        {
            return "The request body must be a JSON object";
        }

        request.Model = TextOf(body, "model") ?? FirstFallback(body) ?? defaultModel;
        request.IsStreaming = body.TryGetProperty("stream", out JsonElement stream) && stream.ValueKind == JsonValueKind.True;
        return body.TryGetProperty("messages", out JsonElement messages) && messages.ValueKind == JsonValueKind.Array && messages.GetArrayLength() > 0
            ? null
            : "Input required: specify \"messages\"";
    }

    public static string? TextOf(JsonElement body, string name) =>
        body.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static string? FirstFallback(JsonElement body) =>
        body.TryGetProperty("models", out JsonElement models) && models.ValueKind == JsonValueKind.Array
            ? models.EnumerateArray().Where(model => model.ValueKind == JsonValueKind.String).Select(model => model.GetString()).FirstOrDefault()
            : null;
}
