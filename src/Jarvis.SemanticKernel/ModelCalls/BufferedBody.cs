using System.Buffers;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Reads the facts out of a body that is in memory, and leaves it as it was for the caller.</summary>
internal static class BufferedBody
{
    public static bool TryRead(HttpContent content, AnswerFacts facts)
    {
        // A buffered content hands out one stream over its memory, however often it is asked.
        Stream body = content.ReadAsStream();
        int length = checked((int)body.Length);
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            body.ReadExactly(bytes.AsSpan(0, length));
            body.Position = 0;
            return AnswerReader.TryRead(bytes.AsSpan(0, length), facts);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
