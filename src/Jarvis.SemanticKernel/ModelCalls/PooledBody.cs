using System.Buffers;
using System.Net;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// The body of an answer in one piece, in memory that is borrowed until it was copied and is disposed of. What was read in any other way is left to the collector: the SDK
/// disposes of the stream on another thread when its caller gives up, and memory that somebody may still be reading must not become another call's.
/// </summary>
internal sealed class PooledBody : HttpContent
{
    private const int UsualSize = 16 * 1024;

    // What a header promises need not come.
    private const int LargestPromise = 1024 * 1024;

    private readonly int _length;
    private byte[]? _memory;
    private volatile bool _isCopied;
    private volatile bool _isOver;
    private int _isShared;

    private PooledBody(byte[] memory, int length) => (_memory, _length) = (memory, length);

    /// <summary>Gets the bytes of the body.</summary>
    public ReadOnlySpan<byte> Bytes => Memory.AsSpan(0, _length);

    private byte[] Memory => _memory ?? throw new ObjectDisposedException(nameof(PooledBody));

    /// <summary>Reads the body to its end. The connection is free then.</summary>
    public static async ValueTask<PooledBody> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);

        // One more, so that the end is found without asking for more memory.
        int promised = (int)Math.Min(content.Headers.ContentLength ?? UsualSize, LargestPromise) + 1;
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
            ContentHeaders.Copy(content.Headers, body.Headers);
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

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => CopyAsync(stream, 0, CancellationToken.None);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _isShared, 1);
        stream.Write(Bytes);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        End();
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

    // Whoever copies has the memory for himself meanwhile.
    private async Task CopyAsync(Stream to, int from, CancellationToken cancellationToken)
    {
        byte[] memory = Interlocked.Exchange(ref _memory, null) ?? throw new ObjectDisposedException(nameof(PooledBody));
        try
        {
            await to.WriteAsync(memory.AsMemory(from, _length - from), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _isCopied = true;
            Interlocked.Exchange(ref _memory, memory);
            if (_isOver)
            {
                End();
            }
        }
    }

    private void End()
    {
        _isOver = true;
        if (_isCopied && Interlocked.CompareExchange(ref _isShared, 0, 0) == 0 && Interlocked.Exchange(ref _memory, null) is { } memory)
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
            return body.CopyAsync(destination, from, cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Interlocked.Exchange(ref body._isShared, 1);
            return base.Read(buffer, offset, count);
        }

        public override int Read(Span<byte> buffer)
        {
            Interlocked.Exchange(ref body._isShared, 1);
            return base.Read(buffer);
        }

        public override int ReadByte()
        {
            Interlocked.Exchange(ref body._isShared, 1);
            return base.ReadByte();
        }

        public override byte[] ToArray()
        {
            ObjectDisposedException.ThrowIf(!CanRead, this);
            return base.ToArray();
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            body.End();
        }
    }
}
