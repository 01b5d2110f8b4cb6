namespace Jarvis.SemanticKernel.Benchmarks.Measuring;

/// <summary>Counts the records and forgets them, to measure the chain without a database.</summary>
internal sealed class NoLedger : IAiCallLedger
{
    private long _records;

    public long Records => Interlocked.Read(ref _records);

    public Task AppendAsync(AiCallRecord record)
    {
        Interlocked.Increment(ref _records);
        return Task.CompletedTask;
    }
}
