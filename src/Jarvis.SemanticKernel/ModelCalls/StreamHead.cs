namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>The start of a stream, held back until its first event is known: OpenRouter reports errors before the first token inside a 200.</summary>
/// <param name="Signal">What the first event is; <see cref="SseSignal.None"/> when the stream ended before it.</param>
/// <param name="Bytes">Everything that was read.</param>
/// <param name="EventStart">Where the first event starts.</param>
/// <param name="Scanned">How many of the bytes the scanner has seen: up to the end of the first event.</param>
internal sealed record StreamHead(SseSignal Signal, ReadOnlyMemory<byte> Bytes, int EventStart, int Scanned)
{
    private const int InitialSize = 4096;

    public static async Task<(StreamHead Head, SseScanner Scanner)> ReadAsync(Stream upstream, CancellationToken cancellationToken)
    {
        var scanner = new SseScanner();
        byte[] bytes = new byte[InitialSize];
        int length = 0;
        while (true)
        {
            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, bytes.Length * 2);
            }

            int count = await upstream.ReadAsync(bytes.AsMemory(length), cancellationToken).ConfigureAwait(false);
            SseSignal signal = count == 0
                ? EndOfStream(scanner, out int consumed, out int eventStart)
                : scanner.Read(bytes.AsSpan(length, count), out consumed, out eventStart);
            if (signal != SseSignal.None || count == 0)
            {
                return (new StreamHead(signal, bytes.AsMemory(0, length + count), length + eventStart, length + consumed), scanner);
            }

            length += count;
        }
    }

    private static SseSignal EndOfStream(SseScanner scanner, out int consumed, out int eventStart)
    {
        (consumed, eventStart) = (0, 0);
        return scanner.End();
    }
}
