using Jarvis.SemanticKernel.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>Reads a whole stream the simplest way: line by line, and every event as JSON. What the scanner makes of it has to be the same.</summary>
internal sealed class PlainEventReader
{
    private readonly AnswerFacts _facts = new();
    private List<byte>? _unread;
    private SseSignal _pending;

    /// <summary>Returns the facts, and whether the stream is an answer: it ends with the word for that, and nothing before it is an error or cannot be read.</summary>
    public static (AnswerFacts Facts, bool IsWhole) Read(ReadOnlySpan<byte> body)
    {
        var reader = new PlainEventReader();
        return (reader._facts, reader.ReadToEnd(body.StartsWith("\uFEFF"u8) ? body[3..] : body) == SseSignal.Done && reader._facts.HasChoices);
    }

    private SseSignal ReadToEnd(ReadOnlySpan<byte> body)
    {
        while (!body.IsEmpty)
        {
            int end = body.IndexOfAny((byte)'\r', (byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? body : body[..end];
            body = end < 0 ? [] : body[(end + (body[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
            if (line.StartsWith("data:"u8))
            {
                ReadData(line["data:"u8.Length..].TrimStart((byte)' '));
            }
            else if (line.IsEmpty && Dispatch() is (SseSignal.Done or SseSignal.Error) and var signal)
            {
                return signal;
            }
        }

        return Dispatch();
    }

    private void ReadData(ReadOnlySpan<byte> data)
    {
        if (_unread is not null)
        {
            _unread.AddRange("\n"u8);
            _unread.AddRange(data);
        }
        else if (data.SequenceEqual("[DONE]"u8))
        {
            _pending = SseSignal.Done;
        }
        else if (AnswerReader.TryRead(data, _facts))
        {
            _pending = _facts.IsError ? SseSignal.Error : SseSignal.Event;
        }
        else
        {
            _unread = [.. data];
        }
    }

    private SseSignal Dispatch()
    {
        SseSignal signal = _unread is null ? _pending : AnswerReader.TryRead(_unread.ToArray(), _facts) && !_facts.IsError ? SseSignal.Event : SseSignal.Error;
        (_unread, _pending) = (null, SseSignal.None);
        return signal;
    }
}
