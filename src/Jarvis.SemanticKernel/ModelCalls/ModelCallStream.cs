using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// The body of a streamed answer. Bytes pass unchanged as they come; those that would end the answer for its reader are held back until the filters are done
/// with the call, so that the record is durable first. An error and a cut are an exception at the read that would deliver them.
/// </summary>
internal sealed class ModelCallStream : AsyncReadStream
{
    private readonly PhysicalCall _call;
    private readonly Stream _upstream;
    private readonly HttpContent _owner;
    private readonly SseScanner _scanner;
    private readonly StreamLimits _limits;
    private ReadOnlyMemory<byte> _ready;
    private ReadOnlyMemory<byte> _unscanned;
    private SseSignal _end;
    private Exception? _failure;
    private bool _isOver;
    private bool _isDisposed;

    public ModelCallStream(PhysicalCall call, Stream upstream, HttpContent owner, SseScanner scanner, StreamHead head)
    {
        (_call, _upstream, _owner, _scanner) = (call, upstream, owner, scanner);
        _end = head.Signal == SseSignal.Done ? SseSignal.Done : SseSignal.None;
        _ready = _end == SseSignal.Done ? head.Bytes[..head.EventStart] : head.Bytes[..head.Scanned];
        _unscanned = head.Bytes[(_end == SseSignal.Done ? head.EventStart : head.Scanned)..];
        _limits = new StreamLimits(call.Limits, call.Time, OnLimit);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        // The reader counts as reading until it has its bytes: a limit that passes meanwhile ends the next read instead of looking at what this one changes.
        CancellationToken token = _limits.StartRead(cancellationToken);
        try
        {
            return await ReadNextAsync(buffer, token).ConfigureAwait(false);
        }
        finally
        {
            _limits.EndRead();
        }
    }

    /// <summary>Ends the stream now, unless its answer is whole. A read that is under way fails, as does every later one.</summary>
    public void Cut() => _limits.Pass(StreamLimit.KillSwitch);

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;

            EndUnread(AiCallStatus.Cancelled, null);
            _limits.Dispose();
            _owner.Dispose();
        }

        base.Dispose(disposing);
    }

    private string? ErrorEventFailure => _scanner.Facts.IsError ? null : "MalformedEvent";

    private static int Take(ref ReadOnlyMemory<byte> from, Span<byte> to)
    {
        int count = Math.Min(from.Length, to.Length);
        from.Span[..count].CopyTo(to);
        from = from[count..];
        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadNextAsync(Memory<byte> buffer, CancellationToken token)
    {
        while (true)
        {
            if (_failure is not null)
            {
                throw _failure;
            }

            // One that passed while nobody read: the body is somebody else's to close by now.
            if (_end == SseSignal.None && _limits.Exceeded is { } limit && await TryFailAsync(limit).ConfigureAwait(false))
            {
                continue;
            }

            if (!_ready.IsEmpty)
            {
                return Take(ref _ready, buffer.Span);
            }

            if (_end != SseSignal.None && !_isOver)
            {
                await FinishAsync().ConfigureAwait(false);
                continue;
            }

            int count = !_unscanned.IsEmpty ? Take(ref _unscanned, buffer.Span) : await ReadUpstreamAsync(buffer, token).ConfigureAwait(false);
            if (_isOver)
            {
                return count;
            }

            if (count == 0)
            {
                _end = _scanner.End();
                if (_end is SseSignal.None or SseSignal.Event)
                {
                    await FailAsync(AiCallStatus.Cut, nameof(HttpRequestError.ResponseEnded), null).ConfigureAwait(false);
                }

                continue;
            }

            int passing = Scan(buffer.Span[..count]);
            if (passing > 0)
            {
                return passing;
            }
        }
    }

    /// <summary>Returns how many of the bytes may pass; the rest is held.</summary>
    private int Scan(ReadOnlySpan<byte> bytes)
    {
        int scanned = 0;
        while (scanned < bytes.Length)
        {
            SseSignal signal = _scanner.Read(bytes[scanned..], out int consumed, out int eventStart);
            if (signal is SseSignal.Done or SseSignal.Error)
            {
                _end = signal;
                int passing = scanned + eventStart;
                byte[] held = new byte[bytes.Length - passing + _unscanned.Length];
                bytes[passing..].CopyTo(held);
                _unscanned.CopyTo(held.AsMemory(bytes.Length - passing));
                _unscanned = held;
                return passing;
            }

            scanned += consumed;
        }

        return bytes.Length;
    }

    private async ValueTask FinishAsync()
    {
        if (_end == SseSignal.Error || !_scanner.Facts.HasChoices)
        {
            await FailAsync(AiCallStatus.Error, _end == SseSignal.Error ? ErrorEventFailure : "MalformedAnswer", null).ConfigureAwait(false);
            return;
        }

        await EndAsync(AiCallStatus.Ok, null).ConfigureAwait(false);
        if (_call.Context.Status == AiCallStatus.Ok)
        {
            _isOver = true;
            return;
        }

        _failure ??= ToException(null);
    }

    private async ValueTask<bool> TryFailAsync(StreamLimit limit)
    {
        (AiCallStatus status, string? failure) = Meaning(limit);
        await EndAsync(status, failure).ConfigureAwait(false);
        if (_call.Context.Status != AiCallStatus.Ok)
        {
            _failure ??= ToException(null);
        }

        return _failure is not null;
    }

    private async ValueTask FailAsync(AiCallStatus status, string? failure, Exception? cause)
    {
        await EndAsync(status, failure).ConfigureAwait(false);
        _failure ??= ToException(cause);
    }

    // Whoever had the first word, what the record says is what the reader gets.
    private Exception ToException(Exception? cause) => _call.Context switch
    {
        { Status: AiCallStatus.Cancelled, Failure: nameof(StreamLimit.KillSwitch), CutBy: { } makeException } => makeException(),
        { Status: AiCallStatus.Cancelled } => new OperationCanceledException(cause?.Message, cause, _limits.Caller),
        { } call => ModelCallErrors.ToException(call, cause),
    };

    // A reader who had given up before the switch was pulled was not stopped by it.
    private (AiCallStatus Status, string? Failure) Meaning(StreamLimit limit) =>
        limit != StreamLimit.KillSwitch ? (AiCallStatus.Timeout, limit.ToString())
        : (AiCallStatus.Cancelled, _limits.Caller.IsCancellationRequested ? null : nameof(StreamLimit.KillSwitch));

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Kept and thrown to the reader, at this read and all later ones.")]
    private async ValueTask EndAsync(AiCallStatus status, string? failure)
    {
        _limits.Stop();
        try
        {
            await _call.EndBodyAsync(status, _scanner.Facts, failure).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A filter failed after the call, the ledger for instance: the reader gets that instead of the answer's end, now and at every later read.
            _failure = e;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadUpstreamAsync(Memory<byte> buffer, CancellationToken token)
    {
        if (_isOver && _limits.Exceeded is not null)
        {
            // The upstream was let go while the reader paused at the held bytes.
            return 0;
        }

        try
        {
            return await _upstream.ReadAsync(buffer, token).ConfigureAwait(false);
        }
        catch (Exception e) when (!_isOver && e is OperationCanceledException or IOException or HttpRequestException or InvalidDataException or ObjectDisposedException)
        {
            await FailReadAsync(e).ConfigureAwait(false);
            throw _failure!;
        }
    }

    private async ValueTask FailReadAsync(Exception e)
    {
        if (_limits.Exceeded is { } limit)
        {
            await TryFailAsync(limit).ConfigureAwait(false);
        }
        else if (e is OperationCanceledException)
        {
            await FailAsync(AiCallStatus.Cancelled, null, e).ConfigureAwait(false);
        }
        else
        {
            // Invalid data is what a decompressor finds in a body that was cut or damaged.
            HttpRequestError error = e is InvalidDataException ? HttpRequestError.InvalidResponse : HttpRequestError.ResponseEnded;
            await FailAsync(AiCallStatus.Cut, error.ToString(), e).ConfigureAwait(false);
        }
    }

    // Nobody is reading: the call is closed at once, and a reader that comes back finds out why.
    private void OnLimit(StreamLimit limit)
    {
        (AiCallStatus status, string? failure) = Meaning(limit);
        bool isFirst = EndUnread(status, failure);
        if (_call.Context.Status == AiCallStatus.Ok && !isFirst)
        {
            // A reader came back in this very moment and got to the end first: it has its answer, and the connection is its own to give back.
            return;
        }

        if (_call.Context.Status != AiCallStatus.Ok && isFirst)
        {
            _failure ??= ToException(null);
        }

        UnreadBody.Abort(_upstream);
        _owner.Dispose();
    }

    // A reader that leaves or pauses before the end has given the call up; one that does so at the held bytes has had all there was.
    private bool EndUnread(AiCallStatus status, string? failure)
    {
        (status, failure) = _end switch
        {
            SseSignal.Done => (AiCallStatus.Ok, null),
            SseSignal.Error => (AiCallStatus.Error, ErrorEventFailure),
            _ => (status, failure),
        };
        return _call.EndBody(status, _scanner.Facts, failure);
    }
}
