namespace Jarvis.SemanticKernel.Ledger;

/// <summary>What goes to the store in one commit, and when that began, as a timestamp of the ledger's clock.</summary>
internal sealed record RecordBatch(PendingRecord[] Pending, long StartedAt)
{
    /// <summary>The most records of a batch: what it costs a record hardly falls any more beyond.</summary>
    public const int MostRecords = 500;

    /// <summary>The most bytes of a batch. A record that is larger goes alone.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    public int Count => Pending.Length;

    /// <summary>Takes the oldest of those who wait, as many as a batch may hold.</summary>
    public static RecordBatch TakeFrom(Queue<PendingRecord> waiting, long now)
    {
        int count = 0;
        long bytes = 0;
        foreach (PendingRecord next in waiting)
        {
            bytes += next.Size;
            if (count == MostRecords || (bytes > MostBytes && count > 0))
            {
                break;
            }

            count++;
        }

        var taken = new PendingRecord[count];
        for (int i = 0; i < count; i++)
        {
            taken[i] = waiting.Dequeue();
        }

        return new RecordBatch(taken, now);
    }
}
