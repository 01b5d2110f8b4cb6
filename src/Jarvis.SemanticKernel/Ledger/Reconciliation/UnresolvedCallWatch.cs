using System.Runtime.CompilerServices;

namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>Has every record asked about that becomes durable without a cost, whoever appends it: a call that just ended, and what was kept elsewhere until now.</summary>
internal sealed class UnresolvedCallWatch(IAiCallStore store, CostInquiry inquiry, ReconciliationWorker worker)
    : IAiCallStore, IDisposable, IAsyncDisposable
{
    public int MaxConcurrentBatches => store.MaxConcurrentBatches;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AppendAsync(IReadOnlyList<AiCallRecord> batch, CancellationToken cancellationToken)
    {
        await store.AppendAsync(batch, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch[i].CostSource == CostSource.Unknown && inquiry.CanAsk(batch[i].GenerationId))
            {
                worker.Add(UnresolvedCall.Of(batch[i]));
            }
        }
    }

    public bool IsRefusal(Exception exception) => store.IsRefusal(exception);

    // The container knows this one only.
    public void Dispose() => (store as IDisposable)?.Dispose();

    public async ValueTask DisposeAsync()
    {
        if (store is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            Dispose();
        }
    }
}
