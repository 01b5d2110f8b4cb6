using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>The fragments of a streamed tool call: the first names it, the later ones carry its arguments.</summary>
internal static class ToolCallDeltaJson
{
    public static void WriteStart(Utf8JsonWriter delta, SimulatedToolCall call, int index)
    {
        Open(delta, index);
        delta.WriteString("id"u8, call.Id);
        delta.WriteString("type"u8, "function"u8);
        delta.WriteStartObject("function"u8);
        delta.WriteString("name"u8, call.Name);
        delta.WriteString("arguments"u8, string.Empty);
        Close(delta);
    }

    public static void WriteFragment(Utf8JsonWriter delta, string arguments, int index)
    {
        Open(delta, index);
        delta.WriteStartObject("function"u8);
        JsonText.WriteText(delta, "arguments"u8, arguments);
        Close(delta);
    }

    private static void Open(Utf8JsonWriter delta, int index)
    {
        delta.WriteNull("content"u8);
        delta.WriteStartArray("tool_calls"u8);
        delta.WriteStartObject();
        delta.WriteNumber("index"u8, index);
    }

    private static void Close(Utf8JsonWriter delta)
    {
        delta.WriteEndObject();
        delta.WriteEndObject();
        delta.WriteEndArray();
    }
}
