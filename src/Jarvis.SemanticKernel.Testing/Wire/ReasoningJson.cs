using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>The <c>reasoning_details</c> beside visible reasoning, in a message and in a delta.</summary>
internal static class ReasoningJson
{
    public static void WriteDetails(Utf8JsonWriter json, string text)
    {
        json.WriteStartArray("reasoning_details"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "reasoning.text"u8);
        JsonText.WriteText(json, "text"u8, text);
        json.WriteString("format"u8, "anthropic-claude-v1"u8);
        json.WriteNumber("index"u8, 0);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
