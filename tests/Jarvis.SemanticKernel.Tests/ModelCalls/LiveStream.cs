using System.Text;
using System.Threading.Channels;
using Jarvis.SemanticKernel.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>A body that the test writes while its reader reads.</summary>
internal sealed class LiveStream : AsyncReadStream
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();
    private readonly SemaphoreSlim _waiting = new(0);

    public bool IsDisposed { get; private set; }

    /// <summary>Whether a read was cancelled while it waited, which is what closes a connection at once.</summary>
    public bool IsAborted { get; private set; }

    public void Send(string text) => Assert.True(_pieces.Writer.TryWrite(Encoding.UTF8.GetBytes(text)));

    public void End() => _pieces.Writer.Complete();

    /// <summary>Waits until the reader has taken all that was sent and waits for more.</summary>
    public async Task WhenReaderWaitsAsync(CancellationToken cancellationToken) =>
        Assert.True(await _waiting.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken), "The reader asked for nothing more.");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (!_pieces.Reader.TryRead(out byte[]? piece))
        {
            using CancellationTokenRegistration aborting = cancellationToken.UnsafeRegister(static self => ((LiveStream)self!).IsAborted = true, this);
            ValueTask<bool> more = _pieces.Reader.WaitToReadAsync(cancellationToken);
            _waiting.Release();
            if (!await more)
            {
                return 0;
            }

            Assert.True(_pieces.Reader.TryRead(out piece));
        }

        piece.CopyTo(buffer);
        return piece.Length;
    }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        _waiting.Dispose();
        base.Dispose(disposing);
    }
}
