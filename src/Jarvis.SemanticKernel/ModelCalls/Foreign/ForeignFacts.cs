using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Jarvis.SemanticKernel.ModelCalls.Foreign;

/// <summary>What an answer of a foreign client says of itself, gathered from its pieces, as the body of a chat completion without its text: all that a record needs.</summary>
internal sealed class ForeignFacts(string? provider)
{
    private string? _id;
    private string? _model;
    private UsageDetails? _usage;

    public void Add(ChatResponse answer)
    {
        (_id, _model) = (answer.ResponseId ?? _id, answer.ModelId ?? _model);
        Add(answer.Usage);
    }

    public void Add(ChatResponseUpdate update)
    {
        (_id, _model) = (update.ResponseId ?? _id, update.ModelId ?? _model);
        foreach (UsageContent usage in update.Contents.OfType<UsageContent>())
        {
            Add(usage.Details);
        }
    }

    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteText(json, "id", _id);
            WriteText(json, "model", _model);
            WriteText(json, "provider", provider);
            json.WriteStartArray("choices");
            json.WriteStartObject();
            json.WriteEndObject();
            json.WriteEndArray();
            if (_usage is not null)
            {
                WriteUsage(json, _usage);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteUsage(Utf8JsonWriter json, UsageDetails usage)
    {
        json.WriteStartObject("usage");
        WriteCount(json, "prompt_tokens", usage.InputTokenCount);
        WriteCount(json, "completion_tokens", usage.OutputTokenCount);
        json.WriteStartObject("prompt_tokens_details");
        WriteCount(json, "cached_tokens", usage.CachedInputTokenCount);
        WriteCount(json, "audio_tokens", usage.InputAudioTokenCount);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        WriteCount(json, "reasoning_tokens", usage.ReasoningTokenCount);
        WriteCount(json, "audio_tokens", usage.OutputAudioTokenCount);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteCount(Utf8JsonWriter json, string name, long? count)
    {
        if (count is { } known)
        {
            json.WriteNumber(name, known);
        }
    }

    private void Add(UsageDetails? usage)
    {
        if (usage is not null)
        {
            (_usage ??= new UsageDetails()).Add(usage);
        }
    }
}
