using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// The body of an answer in one piece, in memory that is borrowed for as long as it takes to be read: until its stream, of which there is one, or the response is disposed of.
/// </summary>
internal sealed class PooledBody : HttpContent
{
    private const int UsualSize = 16 * 1024;

    // What a header promises need not come.
    private const int LargestPromise = 1024 * 1024;

    private readonly int _length;
    private byte[]? _memory;

    private PooledBody(byte[] memory, int length) => (_memory, _length) = (memory, length);

    /// <summary>Gets the bytes of the body.</summary>
    public ReadOnlySpan<byte> Bytes => Memory.AsSpan(0, _length);

    private byte[] Memory => _memory ?? throw new ObjectDisposedException(nameof(PooledBody));

    /// <summary>Reads the body to its end, decoded. The connection is free then.</summary>
    public static async ValueTask<PooledBody> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        HttpContentHeaders headers = content.Headers;
        Stream sent = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        Stream stream = AnswerEncoding.Decode(sent, headers);

        // One more, so that the end is found without asking for more memory.
        int promised = (int)Math.Min(headers.ContentLength ?? UsualSize, LargestPromise) + 1;
        byte[] memory = ArrayPool<byte>.Shared.Rent(promised);
        int length = 0;
        try
        {
            for (int read; (read = await stream.ReadAsync(memory.AsMemory(length), cancellationToken).ConfigureAwait(false)) > 0;)
            {
                length += read;
                if (length == memory.Length)
                {
                    memory = Larger(memory);
                }
            }

            var body = new PooledBody(memory, length);
            AnswerEncoding.CopyHeaders(headers, body.Headers, isDecoded: stream != sent);
            memory = [];
            content.Dispose();
            return body;
        }
        finally
        {
            if (memory.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(memory);
            }
        }
    }

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => new Reader(this);

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new Reader(this));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(Memory, 0, _length);

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Release();
    }

    private static byte[] Larger(byte[] memory)
    {
        if (memory.Length == Array.MaxLength)
        {
            throw new HttpRequestException(HttpRequestError.ConfigurationLimitExceeded, "The answer is larger than memory can hold in one piece.");
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(memory.Length * 2L, Array.MaxLength));
        memory.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(memory);
        return larger;
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _memory, null) is { } memory)
        {
            ArrayPool<byte>.Shared.Return(memory);
        }
    }

    private sealed class Reader(PooledBody body) : MemoryStream(body.Memory, 0, body._length, writable: false)
    {
        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            int from = (int)Position;
            Position = Length;
            return destination.WriteAsync(body.Memory, from, body._length - from, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            body.Release();
        }
    }
}
