using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace Jarvis.SemanticKernel.ModelCalls.Foreign;

/// <summary>
/// The pieces of a foreign client's stream as events without their text: one for each, then one with what the answer says of itself, then the end. The piece is queued before its
/// event passes, so a reader of the events has every piece, and what is held back at the end is held back of the pieces' reader too.
/// </summary>
[SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "The source has no timer; the stream of pieces ends when its last step has.")]
internal sealed class ForeignEvents : AsyncReadStream
{
    private readonly CancellationTokenSource _abort = new();
    private readonly ForeignCall _call;
    private readonly ForeignFacts _facts;
    private readonly IAsyncEnumerator<ChatResponseUpdate> _updates;
    private Task<bool>? _step;
    private ReadOnlyMemory<byte> _event;
    private bool _isAtEnd;
    private int _isDisposed;

    public ForeignEvents(ForeignCall call, Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> stream)
    {
        (_call, _facts) = (call, new ForeignFacts(call.Provider));
        _updates = stream(_abort.Token).GetAsyncEnumerator(_abort.Token);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_event.IsEmpty && !_isAtEnd)
        {
            _event = await NextAsync(cancellationToken).ConfigureAwait(false);
        }

        int count = Math.Min(_event.Length, buffer.Length);
        _event[..count].CopyTo(buffer);
        _event = _event[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _abort.Cancel();
            _ = EndAsync();
        }

        base.Dispose(disposing);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The client's own exception reaches the reader; the handlers get one that they understand.")]
    private async ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The stream was asked for once, with one token; each read has its own. A client may ignore it.
            using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static abort => ((CancellationTokenSource)abort!).Cancel(), _abort);
            _step ??= _updates.MoveNextAsync().AsTask();
            bool hasPiece = await _step.WaitAsync(cancellationToken).ConfigureAwait(false);
            _step = null;
            if (hasPiece)
            {
                _facts.Add(_updates.Current);
                _call.Updates.Enqueue(_updates.Current);
                return "data: {\"choices\":[{}]}\n\n"u8.ToArray();
            }

            _isAtEnd = true;
            return (byte[])[.. "data: "u8, .. _facts.ToJson(), .. "\n\ndata: [DONE]\n\n"u8];
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _call.Failure = e;
            throw new IOException("The chat client failed.", e);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Nobody reads any more.")]
    private async Task EndAsync()
    {
        try
        {
            if (_step is not null)
            {
                await _step.ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // It was cancelled, as it was asked to be.
        }

        try
        {
            await _updates.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The client's own business.
        }
    }
}
