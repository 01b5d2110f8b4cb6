using Jarvis.SemanticKernel.Ledger;

namespace Jarvis.SemanticKernel.Tests.Storage;

/// <summary>A real store, and how often it was asked to commit.</summary>
internal sealed class CountingStore(IAiCallStore store) : IAiCallStore
{
    private int _commits;
    private int _inFlight;
    private int _mostInFlight;

    public int Commits => _commits;

    public int MostInFlight => _mostInFlight;

    public int MaxConcurrentBatches => store.MaxConcurrentBatches;

    public bool IsRefusal(Exception exception) => store.IsRefusal(exception);

    public async ValueTask AppendAsync(IReadOnlyList<AiCallRecord> batch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _commits);
        int now = Interlocked.Increment(ref _inFlight);
        InterlockedMax(ref _mostInFlight, now);
        try
        {
            await store.AppendAsync(batch, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
