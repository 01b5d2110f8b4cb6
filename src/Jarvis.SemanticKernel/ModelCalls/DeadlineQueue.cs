using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// A time limit for many calls. It is as long for each, so whoever starts later is due later: one timer, set for the oldest, serves all of them, and a call that
/// ends in time never touches it.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A timer that nobody waits for is not set, and holds nothing.")]
internal sealed class DeadlineQueue
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private Deadline? _oldest;
    private Deadline? _newest;
    private bool _isSet;

    public DeadlineQueue(TimeSpan limit, TimeProvider time)
    {
        (_limit, _time) = (limit, time);

        // Whoever is first has ambient values that are no business of the others.
        using AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _timer = time.CreateTimer(static queue => ((DeadlineQueue)queue!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(Deadline deadline)
    {
        lock (_gate)
        {
            deadline.StartedAt = _time.GetTimestamp();
            deadline.IsWaiting = true;
            deadline.Earlier = _newest;
            _ = _newest is null ? _oldest = deadline : _newest.Later = deadline;
            _newest = deadline;
            if (!_isSet)
            {
                Set(_limit);
            }
        }
    }

    /// <summary>Takes it out if it still waits. The timer stays as it is: when it looks, it sets itself for whoever is the oldest then.</summary>
    public void Remove(Deadline deadline)
    {
        lock (_gate)
        {
            if (deadline.IsWaiting)
            {
                Unlink(deadline);
            }
        }
    }

    private void Look()
    {
        Deadline? passed = null;
        lock (_gate)
        {
            _isSet = false;
            while (_oldest is { } oldest && !_isSet)
            {
                TimeSpan left = _limit - _time.GetElapsedTime(oldest.StartedAt);
                if (left > TimeSpan.Zero)
                {
                    Set(left > ShortestWait ? left : ShortestWait);
                }
                else
                {
                    Unlink(oldest);
                    (oldest.Later, passed) = (passed, oldest);
                }
            }
        }

        // Each on a thread of its own but the last: what hangs on one call does not hold up another.
        while (passed is { } deadline)
        {
            (passed, deadline.Later) = (deadline.Later, null);
            if (passed is null)
            {
                deadline.Pass();
            }
            else
            {
                ThreadPool.UnsafeQueueUserWorkItem(static deadline => deadline.Pass(), deadline, preferLocal: false);
            }
        }
    }

    private void Set(TimeSpan wait)
    {
        _isSet = true;
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Unlink(Deadline deadline)
    {
        _ = deadline.Earlier is null ? _oldest = deadline.Later : deadline.Earlier.Later = deadline.Later;
        _ = deadline.Later is null ? _newest = deadline.Earlier : deadline.Later.Earlier = deadline.Earlier;
        (deadline.Earlier, deadline.Later, deadline.IsWaiting) = (null, null, false);
    }
}
