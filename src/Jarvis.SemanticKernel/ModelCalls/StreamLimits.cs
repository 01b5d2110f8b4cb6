using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>What ended a stream before its own end.</summary>
internal enum StreamLimit
{
    /// <summary>The upstream sent nothing, not even a comment.</summary>
    StreamIdleTimeout,

    /// <summary>The reader asked for nothing.</summary>
    ReaderIdleTimeout,

    /// <summary>The stream lasted too long altogether.</summary>
    StreamTimeout,

    /// <summary>The kill switch was pulled, and whoever pulled it wants calls under way to be cut.</summary>
    KillSwitch,
}

/// <summary>
/// The time limits of a running stream, by one timer that looks now and then instead of being set for every read. A limit that passes while a read is
/// under way cancels it; otherwise the owner is told. What passes first is the only one.
/// </summary>
[SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "A source without a timer holds nothing, and the clock's thread may be about to cancel it.")]
internal sealed class StreamLimits : IDisposable
{
    private const int Resting = 0;
    private const int Reading = 1;
    private const int Over = 2;
    private const int Exceeding = 3;

    private readonly CancellationTokenSource _abort = new();
    private readonly ResilienceOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<StreamLimit> _onLimit;
    private readonly long _startedAt;
    private readonly ITimer _timer;
    private CancellationToken _caller;
    private CancellationTokenRegistration _callerRegistration;
    private long _activeAt;

    // Exceeding and the limit, once one has passed: nobody sees the one without the other.
    private int _state;

    public StreamLimits(ResilienceOptions options, TimeProvider time, Action<StreamLimit> onLimit)
    {
        (_options, _time, _onLimit) = (options, time, onLimit);
        _startedAt = _activeAt = time.GetTimestamp();
        TimeSpan first = Min(Min(options.StreamIdleTimeout, options.ReaderIdleTimeout), options.StreamTimeout);
        _timer = time.CreateTimer(static self => ((StreamLimits)self!).Look(), this, first, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets the reader's own token, of its newest read.</summary>
    public CancellationToken Caller => _caller;

    public StreamLimit? Exceeded => Volatile.Read(ref _state) is >= Exceeding and var state ? (StreamLimit)(state - Exceeding) : null;

    /// <summary>Starts a read; returns the token for it, which also follows the reader's own.</summary>
    public CancellationToken StartRead(CancellationToken caller)
    {
        if (caller != _caller)
        {
            // The same token nearly always: registering once keeps the path of a chunk free of allocation.
            _callerRegistration.Dispose();
            _caller = caller;
            _callerRegistration = caller.UnsafeRegister(static abort => ((CancellationTokenSource)abort!).Cancel(), _abort);
        }

        Volatile.Write(ref _activeAt, _time.GetTimestamp());
        TryChange(Resting, Reading);
        return _abort.Token;
    }

    public void EndRead()
    {
        Volatile.Write(ref _activeAt, _time.GetTimestamp());
        if (!TryChange(Reading, Resting) && Exceeded is { } limit)
        {
            // It passed during this read, which got through all the same, or before it, and then the owner knows.
            _onLimit(limit);
        }
    }

    /// <summary>Looks no more; reads go on.</summary>
    public void Stop()
    {
        _timer.Dispose();
        while (Volatile.Read(ref _state) is < Over and var state && !TryChange(state, Over))
        {
        }
    }

    /// <summary>Lets a limit pass now that is none of time.</summary>
    public void Pass(StreamLimit limit)
    {
        while (Volatile.Read(ref _state) is < Over and var state)
        {
            if (TryPass(state, limit))
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        Stop();
        _callerRegistration.Dispose();
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void Look()
    {
        int state = Volatile.Read(ref _state);
        if (state >= Over)
        {
            return;
        }

        TimeSpan idle = _time.GetElapsedTime(Volatile.Read(ref _activeAt));
        TimeSpan total = _time.GetElapsedTime(_startedAt);
        (StreamLimit limit, TimeSpan left) = state == Reading
            ? (StreamLimit.StreamIdleTimeout, _options.StreamIdleTimeout - idle)
            : (StreamLimit.ReaderIdleTimeout, _options.ReaderIdleTimeout - idle);
        if (_options.StreamTimeout - total < left)
        {
            (limit, left) = (StreamLimit.StreamTimeout, _options.StreamTimeout - total);
        }

        if (left > TimeSpan.Zero)
        {
            Rearm(left);
        }
        else if (!TryPass(state, limit))
        {
            Rearm(Min(_options.StreamIdleTimeout, _options.ReaderIdleTimeout));
        }
    }

    private bool TryPass(int state, StreamLimit limit)
    {
        if (!TryChange(state, Exceeding + (int)limit))
        {
            return false;
        }

        if (state == Reading)
        {
            _abort.Cancel();
        }
        else
        {
            _onLimit(limit);
        }

        return true;
    }

    private bool TryChange(int from, int to) => Interlocked.CompareExchange(ref _state, to, from) == from;

    // The next look: when the limit would pass if nothing moved, but no later than the shorter of the two limits that take turns.
    private void Rearm(TimeSpan left) =>
        _timer.Change(Min(left, Min(_options.StreamIdleTimeout, _options.ReaderIdleTimeout)), Timeout.InfiniteTimeSpan);
}
