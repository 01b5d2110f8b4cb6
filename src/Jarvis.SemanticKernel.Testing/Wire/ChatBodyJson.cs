using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>The body of an answer that is no stream.</summary>
internal static class ChatBodyJson
{
    public static void Write(Utf8JsonWriter json, ChatAnswer answer)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, answer.Id);
        json.WriteString("object"u8, "chat.completion"u8);
        json.WriteNumber("created"u8, answer.Created);
        json.WriteString("model"u8, answer.Model);
        json.WriteString("provider"u8, answer.Provider);
        json.WriteNull("system_fingerprint"u8);
        json.WriteNull("service_tier"u8);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, answer.FinishReason);
        json.WriteString("native_finish_reason"u8, answer.NativeFinishReason);
        WriteMessage(json, answer);
        if (answer.Reply.FailedWith is { } error)
        {
            ErrorJson.WriteError(json, error);
        }

        json.WriteEndObject();
        json.WriteEndArray();
        if (answer.ShownUsage is { } usage)
        {
            UsageJson.Write(json, usage, answer.Reply.ShowsCost);
        }

        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatAnswer answer)
    {
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        JsonText.WriteText(json, "content"u8, answer.Reply.AnswerText);
        json.WriteNull("refusal"u8);
        JsonText.WriteText(json, "reasoning"u8, answer.Reply.Reasoning);
        if (answer.Reply.Reasoning is { } reasoning)
        {
            ReasoningJson.WriteDetails(json, reasoning);
        }

        if (answer.Tools.Count > 0)
        {
            json.WriteStartArray("tool_calls"u8);
            for (int index = 0; index < answer.Tools.Count; index++)
            {
                WriteToolCall(json, answer.Tools[index], index);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteToolCall(Utf8JsonWriter json, SimulatedToolCall call, int index)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteNumber("index"u8, index);
        json.WriteString("id"u8, call.Id);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, call.Name);
        if (call.ArgumentsJson is not null)
        {
            JsonText.WriteText(json, "arguments"u8, call.ArgumentsJson);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
