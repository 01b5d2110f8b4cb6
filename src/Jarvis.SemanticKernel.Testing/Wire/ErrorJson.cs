using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>Error bodies, and the <c>error</c> object inside answers.</summary>
internal static class ErrorJson
{
    public const string UserId = "user_2SimulatedAccountOfTests";

    public static void WriteBody(Utf8JsonWriter json, ReplyError error, ChatAnswer? answer = null)
    {
        json.WriteStartObject();
        if (answer is not null)
        {
            json.WriteString("id"u8, answer.Id);
        }

        WriteError(json, error);
        if (error.NamesUser)
        {
            json.WriteString("user_id"u8, UserId);
        }

        if (answer?.ShownUsage is { } usage)
        {
            UsageJson.Write(json, usage, answer.Reply.ShowsCost);
        }

        json.WriteEndObject();
    }

    public static void WriteError(Utf8JsonWriter json, ReplyError error)
    {
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteNumber("code"u8, error.Code);
        WriteObject(json, "metadata"u8, error.MetadataJson);
        WriteObject(json, "availability"u8, error.AvailabilityJson);
        json.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(text, skipInputValidation: true);
        }
    }
}
