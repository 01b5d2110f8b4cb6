namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>Which call to ask about when. In memory only: what is lost with it still stands in the records. Not thread-safe.</summary>
internal sealed class ReconciliationQueue(ReconciliationOptions options, TimeProvider time)
{
    // More wait for the next process.
    private const int Most = 10_000;

    private readonly long _madeAt = time.GetTimestamp();
    private readonly PriorityQueue<WaitingCall, TimeSpan> _waiting = new();
    private readonly Dictionary<Guid, WaitingCall> _known = [];
    private TimeSpan _notBefore;

    /// <summary>Gets how long it is until the next call is due; null when none waits.</summary>
    public TimeSpan? NextIn => _waiting.TryPeek(out _, out TimeSpan due) ? Later(Later(due, _notBefore) - Now, TimeSpan.Zero) : null;

    public bool IsEmpty => _known.Count == 0;

    private TimeSpan Now => time.GetElapsedTime(_madeAt);

    /// <summary>Has a call asked about after <paramref name="wait"/>; false when it has to be left to the next process.</summary>
    public bool TryAdd(UnresolvedCall call, TimeSpan wait)
    {
        if (_known.TryGetValue(call.CallId, out WaitingCall? known))
        {
            // The record became durable first, and its tokens are told afterwards.
            known.Call = call.Priced is null ? known.Call : call;
            return true;
        }

        if (_known.Count >= Most || _notBefore - Now > options.GiveUpAfter)
        {
            return false;
        }

        WaitingCall waiting = new(call, Now);
        _known.Add(call.CallId, waiting);
        _waiting.Enqueue(waiting, Now + wait);
        return true;
    }

    public WaitingCall? TakeDue()
    {
        if (NextIn != TimeSpan.Zero)
        {
            return null;
        }

        WaitingCall waiting = _waiting.Dequeue();
        waiting.Tries++;
        waiting.IsLastTry = IsLate(waiting);
        return waiting;
    }

    /// <summary>Lets a call that was taken wait for its next try; false when that was its last one, and it is left to the next process.</summary>
    public bool TryPutBack(WaitingCall waiting)
    {
        if (waiting.IsLastTry)
        {
            Remove(waiting);
            return false;
        }

        TimeSpan due = Now + WaitAfter(waiting.Tries);
        TimeSpan last = waiting.AddedAt + options.GiveUpAfter;
        _waiting.Enqueue(waiting, due < last ? due : last);
        return true;
    }

    public void Remove(WaitingCall waiting) => _known.Remove(waiting.Call.CallId);

    /// <summary>Leaves the endpoint alone after it failed; gives how many calls are left to the next process by that.</summary>
    /// <param name="failures">How often it failed in a row.</param>
    /// <param name="retryAfter">How long it wants to be left alone.</param>
    public int Pause(int failures, TimeSpan? retryAfter)
    {
        TimeSpan pause = Later(WaitAfter(failures), retryAfter ?? TimeSpan.Zero);
        _notBefore = Later(_notBefore, Now + pause);
        (WaitingCall Call, TimeSpan Due)[] all = [.. _waiting.UnorderedItems];
        (WaitingCall Call, TimeSpan Due)[] kept = [.. all.Where(item => pause <= options.GiveUpAfter && !IsLate(item.Call))];
        foreach ((WaitingCall late, _) in all.Except(kept))
        {
            Remove(late);
        }

        _waiting.Clear();
        _waiting.EnqueueRange(kept);
        return all.Length - kept.Length;
    }

    private bool IsLate(WaitingCall waiting) => Now - waiting.AddedAt >= options.GiveUpAfter;

    private TimeSpan WaitAfter(int times)
    {
        TimeSpan wait = options.FirstWait;
        for (int i = 0; i < times && wait < options.LongestWait; i++)
        {
            wait *= 2;
        }

        return wait < options.LongestWait ? wait : options.LongestWait;
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
