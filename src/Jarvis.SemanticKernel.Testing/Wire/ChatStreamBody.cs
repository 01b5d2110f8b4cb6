using System.Buffers;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>The events of a streamed answer, in the order and shape that were recorded.</summary>
internal sealed class ChatStreamBody(ChatAnswer answer)
{
    private const int ChunksBetweenComments = 3;
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly List<(int Start, int Length, bool IsChunk)> _parts = [];
    private int _chunks;

    public static IReadOnlyList<BodyPart> Write(ChatAnswer answer)
    {
        var body = new ChatStreamBody(answer);
        body.Write();
        ReadOnlyMemory<byte> bytes = body._buffer.WrittenMemory;
        return [.. body._parts.Select(part => new BodyPart(bytes.Slice(part.Start, part.Length), part.IsChunk))];
    }

    private void Write()
    {
        AddComment();
        AddComment();
        WriteContent();
        ReplyKind kind = answer.Reply.Kind;
        if (kind is ReplyKind.ErrorMidStream or ReplyKind.ErrorInside200 or ReplyKind.ErrorMidStreamAsRecorded)
        {
            AddErrorChunk(isRecorded: kind == ReplyKind.ErrorMidStreamAsRecorded);
            if (kind != ReplyKind.ErrorMidStreamAsRecorded)
            {
                return;
            }
        }
        else
        {
            AddLastChunk(usage: null);
            if (answer.ShownUsage is { } usage)
            {
                AddLastChunk(usage);
            }
        }

        AddData("[DONE]"u8);
    }

    private void WriteContent()
    {
        SimulatedReply reply = answer.Reply;
        if (reply.FailedWith is null && answer.Tools.Count == 0)
        {
            AddDelta(delta => delta.WriteString("content"u8, string.Empty));
        }

        foreach (string piece in TextPieces.Words(reply.Reasoning ?? string.Empty))
        {
            AddDelta(delta =>
            {
                delta.WriteString("content"u8, string.Empty);
                JsonText.WriteText(delta, "reasoning"u8, piece);
                ReasoningJson.WriteDetails(delta, piece);
            });
        }

        foreach (string piece in TextPieces.Words(reply.AnswerText ?? string.Empty))
        {
            AddDelta(delta => JsonText.WriteText(delta, "content"u8, piece));
        }

        for (int index = 0; index < answer.Tools.Count; index++)
        {
            WriteToolCall(answer.Tools[index], index);
        }
    }

    private void WriteToolCall(SimulatedToolCall call, int index)
    {
        AddDelta(delta => ToolCallDeltaJson.WriteStart(delta, call, index));
        if (call.ArgumentsJson is { } arguments)
        {
            AddDelta(delta => ToolCallDeltaJson.WriteFragment(delta, string.Empty, index));
            foreach (string piece in TextPieces.Arguments(arguments))
            {
                AddDelta(delta => ToolCallDeltaJson.WriteFragment(delta, piece, index));
            }
        }
    }

    private void AddDelta(Action<Utf8JsonWriter> writeDelta)
    {
        if (_chunks > 0 && _chunks % ChunksBetweenComments == 0)
        {
            AddComment();
        }

        AddChunk(json => WriteChoice(json, writeDelta, finishReason: null, nativeFinishReason: null));
    }

    private void AddLastChunk(AnswerUsage? usage) => AddChunk(json =>
    {
        if (usage is not null)
        {
            json.WriteNull("service_tier"u8);
        }

        // The usage chunk repeats the choice and its reason on purpose: clients are known to crash on empty choices.
        WriteChoice(json, delta => delta.WriteString("content"u8, string.Empty), answer.FinishReason, answer.NativeFinishReason, answer.Reply.FailedWith);
        if (usage is not null)
        {
            UsageJson.Write(json, usage, answer.Reply.ShowsCost);
        }
    });

    private void AddErrorChunk(bool isRecorded) => AddChunk(json =>
    {
        ErrorJson.WriteError(json, answer.Reply.FailedWith!);
        WriteChoice(json, delta => delta.WriteString("content"u8, string.Empty), isRecorded ? null : "error", nativeFinishReason: null);
        if (answer.ShownUsage is { } usage)
        {
            UsageJson.Write(json, usage, answer.Reply.ShowsCost);
        }
    });

    private static void WriteChoice(
        Utf8JsonWriter json, Action<Utf8JsonWriter> writeDelta, string? finishReason, string? nativeFinishReason, ReplyError? error = null)
    {
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("delta"u8);
        writeDelta(json);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteEndObject();
        json.WriteString("finish_reason"u8, finishReason);
        json.WriteString("native_finish_reason"u8, nativeFinishReason);
        if (error is not null)
        {
            ErrorJson.WriteError(json, error);
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void AddChunk(Action<Utf8JsonWriter> write)
    {
        int start = _buffer.WrittenCount;
        _buffer.Write("data: "u8);
        JsonText.WriteTo(_buffer, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, answer.Id);
            json.WriteString("object"u8, "chat.completion.chunk"u8);
            json.WriteNumber("created"u8, answer.Created);
            json.WriteString("model"u8, answer.Model);
            json.WriteString("provider"u8, answer.Provider);
            write(json);
            json.WriteEndObject();
        });
        End(start, isChunk: true);
    }

    private void AddData(ReadOnlySpan<byte> data)
    {
        int start = _buffer.WrittenCount;
        _buffer.Write("data: "u8);
        _buffer.Write(data);
        End(start, isChunk: true);
    }

    private void AddComment()
    {
        int start = _buffer.WrittenCount;
        _buffer.Write(": OPENROUTER PROCESSING"u8);
        End(start, isChunk: false);
    }

    private void End(int start, bool isChunk)
    {
        _buffer.Write("\n\n"u8);
        _parts.Add((start, _buffer.WrittenCount - start, isChunk));
        _chunks += isChunk ? 1 : 0;
    }
}
