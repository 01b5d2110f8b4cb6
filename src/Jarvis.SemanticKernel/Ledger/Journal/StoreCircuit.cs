using System.Runtime.CompilerServices;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>The store, with the knowledge whether it works: after a failure nobody waits for it until it has been tried again.</summary>
internal sealed class StoreCircuit(IAiCallStore store, TimeSpan timeout, TimeProvider time, ILogger logger) : IAiCallStore
{
    private Exception? _cause;
    private long _openedAt;

    /// <summary>Gets or sets what to do when the store begins to fail.</summary>
    public Action? Opened { get; set; }

    /// <summary>Gets a value indicating whether the store failed and has not been found to work since.</summary>
    public bool IsOpen => Volatile.Read(ref _cause) is not null;

    /// <summary>Gets how long the store has been failing.</summary>
    public TimeSpan OpenFor => time.GetElapsedTime(Volatile.Read(ref _openedAt));

    public int MaxConcurrentBatches => store.MaxConcurrentBatches;

    public bool IsRefusal(Exception exception) => store.IsRefusal(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AppendAsync(IReadOnlyList<AiCallRecord> batch, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _cause) is { } cause)
        {
            throw new IOException("The database failed and has not been found to work since.", cause);
        }

        try
        {
            await store.AppendAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!store.IsRefusal(e))
        {
            Open(e);
            throw;
        }
    }

    /// <summary>Writes whatever is known of the store, and draws no conclusion.</summary>
    public Task TryAsync(IReadOnlyList<AiCallRecord> batch) => store.AppendAsync(batch, CancellationToken.None).AsTask().WaitAsync(timeout, time);

    public void Open(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _cause, cause, null) is null)
        {
            Volatile.Write(ref _openedAt, time.GetTimestamp());
            logger.StoreFails(cause.GetType().Name, cause);
            Opened?.Invoke();
        }
    }

    public void Close()
    {
        if (Interlocked.Exchange(ref _cause, null) is not null)
        {
            logger.StoreWorksAgain();
        }
    }
}
