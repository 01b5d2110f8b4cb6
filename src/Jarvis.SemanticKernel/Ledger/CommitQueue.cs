namespace Jarvis.SemanticKernel.Ledger;

/// <summary>
/// Who waits, and which batches are being written. A batch counts until its writing has really ended, also when those in it have long been told that it takes too long:
/// a store that hangs is not given more and more to do.
/// </summary>
internal sealed class CommitQueue(int maxConcurrentBatches, TimeProvider time)
{
    // A batch that takes longer than this is not waited for by smaller ones.
    private static readonly TimeSpan UsualCommit = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly Queue<PendingRecord> _waiting = new();
    private readonly List<RecordBatch> _inFlight = [];
    private TaskCompletionSource? _idle;

    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count == 0 && _inFlight.Count == 0;
            }
        }
    }

    /// <summary>Adds a record and returns the batch that is to be written now, if any.</summary>
    public RecordBatch? Add(PendingRecord pending)
    {
        lock (_gate)
        {
            _waiting.Enqueue(pending);
            return Take(pending.Since);
        }
    }

    /// <summary>Says that a batch has been written, or has failed, and returns the next one.</summary>
    public RecordBatch? Next(RecordBatch ended)
    {
        lock (_gate)
        {
            _inFlight.Remove(ended);
            RecordBatch? next = Take(time.GetTimestamp());
            if (_inFlight.Count == 0)
            {
                _idle?.TrySetResult();
            }

            return next;
        }
    }

    /// <summary>
    /// Finds the records that have waited for as long as they may, whether they are being written or not. Those that are not leave the queue. Returns the batch that is to
    /// be written now, if any.
    /// </summary>
    public RecordBatch? TakeLate(TimeSpan limit, List<PendingRecord> late)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            late.AddRange(_inFlight.SelectMany(batch => batch.Pending).Where(IsLate));
            while (_waiting.TryPeek(out PendingRecord? oldest) && IsLate(oldest))
            {
                late.Add(_waiting.Dequeue());
            }

            return Take(now);

            bool IsLate(PendingRecord pending) => time.GetElapsedTime(pending.Since, now) >= limit;
        }
    }

    /// <summary>Completes when nobody waits any more and no batch is being written.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return _waiting.Count == 0 && _inFlight.Count == 0
                ? Task.CompletedTask
                : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    // A second batch is worth its commit when it is at least half as large as the one under way: with many callers batches grow instead of becoming many.
    private RecordBatch? Take(long now)
    {
        if (_waiting.Count == 0 || _inFlight.Count >= maxConcurrentBatches
            || _inFlight.Exists(other => _waiting.Count < other.Count / 2 && time.GetElapsedTime(other.StartedAt, now) < UsualCommit))
        {
            return null;
        }

        var batch = RecordBatch.TakeFrom(_waiting, now);
        _inFlight.Add(batch);
        return batch;
    }
}
