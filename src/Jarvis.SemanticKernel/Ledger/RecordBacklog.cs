namespace Jarvis.SemanticKernel.Ledger;

/// <summary>
/// The records that are handed over and not durable yet. While there are <see cref="Most"/> of them no further call leaves, whether somebody waits for the record or not:
/// callers who drop their streams would otherwise fill the memory while the store hangs. A call that has left adds its record all the same.
/// </summary>
internal sealed class RecordBacklog
{
    /// <summary>Enough to fill two batches while two are being committed.</summary>
    public const int Most = 4 * RecordBatch.MostRecords;

    private readonly Lock _gate = new();
    private TaskCompletionSource? _room;
    private int _count;

    /// <summary>Completes when a call may leave.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => Volatile.Read(ref _count) < Most ? default : new ValueTask(WaitAsync(cancellationToken));

    /// <summary>Counts a record until the result is disposed of.</summary>
    public Entry Add()
    {
        Interlocked.Increment(ref _count);
        return new Entry(this);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (Volatile.Read(ref _count) < Most)
                {
                    return;
                }

                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Remove()
    {
        if (Interlocked.Decrement(ref _count) == Most - 1)
        {
            lock (_gate)
            {
                _room?.SetResult();
                _room = null;
            }
        }
    }

    public readonly struct Entry(RecordBacklog backlog) : IDisposable
    {
        public void Dispose() => backlog.Remove();
    }
}
