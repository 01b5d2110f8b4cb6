using Jarvis.SemanticKernel.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>Reads the facts out of a whole stream the simplest way: line by line, and every event as JSON. What the scanner finds has to be the same.</summary>
internal static class PlainEventReader
{
    public static AnswerFacts Read(ReadOnlySpan<byte> body)
    {
        var facts = new AnswerFacts();
        body = body.StartsWith("\uFEFF"u8) ? body[3..] : body;
        List<byte>? unread = null;
        bool isDone = false;
        while (!body.IsEmpty)
        {
            int end = body.IndexOfAny((byte)'\r', (byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? body : body[..end];
            body = end < 0 ? [] : body[(end + (body[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
            if (line.IsEmpty)
            {
                if (unread is not null)
                {
                    AnswerReader.TryRead(unread.ToArray(), facts);
                }
                else if (isDone)
                {
                    break;
                }

                (unread, isDone) = (null, false);
            }
            else if (line.StartsWith("data:"u8))
            {
                ReadOnlySpan<byte> data = line["data:"u8.Length..].TrimStart((byte)' ');
                if (unread is not null)
                {
                    unread.AddRange("\n"u8);
                    unread.AddRange(data);
                }
                else if (data.SequenceEqual("[DONE]"u8))
                {
                    isDone = true;
                }
                else if (AnswerReader.TryRead(data, facts))
                {
                    isDone = false;
                }
                else
                {
                    unread = [.. data];
                }
            }
        }

        return facts;
    }
}
