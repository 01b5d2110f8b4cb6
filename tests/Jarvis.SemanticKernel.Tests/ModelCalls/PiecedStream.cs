namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>A body as a network delivers it: in pieces, one a read, and an end that is clean, an exception, or silence until somebody gives up.</summary>
internal sealed class PiecedStream(IEnumerable<ReadOnlyMemory<byte>> pieces, Func<CancellationToken, Task>? end = null) : Stream
{
    private readonly Queue<ReadOnlyMemory<byte>> _pieces = new(pieces.Where(piece => !piece.IsEmpty));

    public bool IsDisposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>How the network reports a connection that closed too early.</summary>
    public static Task CutAsync(CancellationToken cancellationToken) =>
        throw new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.");

    public static Task SilenceAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);

    public static IEnumerable<ReadOnlyMemory<byte>> InPiecesOf(int size, ReadOnlyMemory<byte> body)
    {
        for (int at = 0; at < body.Length; at += size)
        {
            yield return body.Slice(at, Math.Min(size, body.Length - at));
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (_pieces.Count == 0)
        {
            await (end?.Invoke(cancellationToken) ?? Task.CompletedTask);
            return 0;
        }

        ReadOnlyMemory<byte> piece = _pieces.Dequeue();
        int count = Math.Min(piece.Length, buffer.Length);
        piece[..count].CopyTo(buffer);
        if (count < piece.Length)
        {
            Requeue(piece[count..]);
        }

        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }

    private void Requeue(ReadOnlyMemory<byte> rest)
    {
        ReadOnlyMemory<byte>[] later = [.. _pieces];
        _pieces.Clear();
        _pieces.Enqueue(rest);
        Array.ForEach(later, _pieces.Enqueue);
    }
}
