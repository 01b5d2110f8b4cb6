namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// Follows a server-sent event stream as its bytes pass by, in pieces of any size, and reads the facts out of the events. Comments are passed over.
/// </summary>
internal sealed class SseScanner
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly ByteAccumulator _line = new();
    private readonly ByteAccumulator _data = new();
    private readonly EventTemplate _template = new();
    private bool _isFirstLine = true;
    private bool _skipLineFeed;
    private bool _eventIsOpen;
    private bool _isUnread;
    private SseSignal _pending;

    public AnswerFacts Facts { get; } = new();

    /// <summary>Reads up to the end of the next event.</summary>
    /// <param name="bytes">The bytes that follow those read before.</param>
    /// <param name="consumed">How many were read: all of them, or those up to and with the blank line that ends the event.</param>
    /// <param name="eventStart">Where in <paramref name="bytes"/> the event starts; 0 when it started before.</param>
    public SseSignal Read(ReadOnlySpan<byte> bytes, out int consumed, out int eventStart)
    {
        consumed = 0;
        eventStart = 0;
        while (consumed < bytes.Length)
        {
            if (_skipLineFeed)
            {
                _skipLineFeed = false;
                if (bytes[consumed] == (byte)'\n')
                {
                    consumed++;
                    continue;
                }
            }

            int lineStart = consumed;
            ReadOnlySpan<byte> rest = bytes[consumed..];
            int end = rest.IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0)
            {
                _line.Append(rest);
                consumed = bytes.Length;
                return SseSignal.None;
            }

            consumed += end + 1;
            _skipLineFeed = rest[end] == (byte)'\r';
            bool continues = _line.Length > 0;
            if (continues)
            {
                _line.Append(rest[..end]);
            }

            bool wasOpen = _eventIsOpen;
            SseSignal signal = ReadLine(continues ? _line.Written : rest[..end]);
            _line.Clear();
            if (signal != SseSignal.None)
            {
                return signal;
            }

            if (_eventIsOpen && !wasOpen)
            {
                eventStart = continues ? 0 : lineStart;
            }
        }

        return SseSignal.None;
    }

    /// <summary>Reads what the end of the stream completes: a last event without its blank line.</summary>
    public SseSignal End()
    {
        if (_line.Length > 0)
        {
            ReadLine(_line.Written);
            _line.Clear();
        }

        // What stands there and cannot be read is no event of the upstream's but the piece of one.
        SseSignal last = Dispatch();
        return last == SseSignal.Error && !Facts.IsError ? SseSignal.None : last;
    }

    private SseSignal ReadLine(ReadOnlySpan<byte> line)
    {
        if (_isFirstLine)
        {
            _isFirstLine = false;
            if (line.StartsWith(ByteOrderMark))
            {
                line = line[ByteOrderMark.Length..];
            }
        }

        if (line.IsEmpty)
        {
            return Dispatch();
        }

        if (line[0] != (byte)':')
        {
            _eventIsOpen = true;
        }

        if (line.StartsWith("data:"u8))
        {
            ReadData(line["data:".Length..].TrimStart((byte)' '));
        }

        return SseSignal.None;
    }

    // OpenRouter sends one line an event. One that is no JSON by itself may be continued by the next, as the format allows; read again at each line, a long
    // event would take time that grows with its square.
    private void ReadData(ReadOnlySpan<byte> data)
    {
        if (_isUnread)
        {
            _data.Append("\n"u8);
            _data.Append(data);
        }
        else if (data.SequenceEqual("[DONE]"u8))
        {
            _pending = SseSignal.Done;
        }
        else if (TryReadEvent(data))
        {
            _pending = Facts.IsError ? SseSignal.Error : SseSignal.Event;
        }
        else
        {
            _isUnread = true;
            _data.Append(data);
        }
    }

    private bool TryReadEvent(ReadOnlySpan<byte> json)
    {
        if (_template.Matches(json))
        {
            return true;
        }

        bool isRead = AnswerReader.TryRead(json, Facts);
        if (isRead)
        {
            _template.Learn(json);
        }

        return isRead;
    }

    private SseSignal Dispatch()
    {
        SseSignal signal = !_isUnread ? _pending
            : TryReadEvent(_data.Written) && !Facts.IsError ? SseSignal.Event
            : SseSignal.Error;
        _pending = SseSignal.None;
        _isUnread = false;
        _eventIsOpen = false;
        _data.Clear();
        return signal;
    }
}
