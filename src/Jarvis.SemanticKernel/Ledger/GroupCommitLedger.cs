using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Ledger;

/// <summary>
/// Callers that wait at the same time share a commit. Nobody waits for a timer: a lone caller is written at once, and those who come while a batch is being
/// committed make up the next one.
/// </summary>
internal sealed class GroupCommitLedger(IAiCallStore store, IOptions<JarvisRoutingOptions> options, TimeProvider time, ILogger<GroupCommitLedger> logger)
    : IAiCallLedger, IAsyncDisposable, IDisposable
{
    private const int LargestBatch = 500;

    private readonly Lock _gate = new();
    private List<Entry> _waiting = [];
    private TaskCompletionSource? _idle;
    private int _writers;

    public Task AppendAsync(AiCallRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var entry = new Entry(record);
        bool startsWriter;
        lock (_gate)
        {
            _waiting.Add(entry);
            startsWriter = _writers < store.MaxConcurrentBatches;
            _writers += startsWriter ? 1 : 0;
        }

        if (startsWriter)
        {
            // What the batch does belongs to no single caller: their ambient values stay out of it. Merely suppressing the flow would let the store's first
            // steps, which run before it waits for anything, still see them.
            ThreadPool.UnsafeQueueUserWorkItem(static ledger => _ = ledger.WriteBatchesAsync(), this, preferLocal: true);
        }

        return entry.Task;
    }

    /// <summary>
    /// Lets the records that were handed over become durable before the container takes the store away, for as long as a commit may take. What comes later, or
    /// takes longer, fails with an exception that carries the record.
    /// </summary>
    public async ValueTask DisposeAsync() => await WhenIdleAsync().ConfigureAwait(false);

    public void Dispose() => WhenIdleAsync().GetAwaiter().GetResult();

    private async Task WhenIdleAsync()
    {
        Task idle;
        lock (_gate)
        {
            if (_writers == 0)
            {
                return;
            }

            idle = (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await ((Task)idle.WaitAsync(options.Value.Ledger.StoreTimeout, time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WriteBatchesAsync()
    {
        while (TakeBatch() is { } batch)
        {
            await CommitAsync(batch).ConfigureAwait(false);
        }
    }

    private List<Entry>? TakeBatch()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _writers--;
                if (_writers == 0)
                {
                    _idle?.TrySetResult();
                }

                return null;
            }

            if (_waiting.Count <= LargestBatch)
            {
                List<Entry> all = _waiting;
                _waiting = [];
                return all;
            }

            List<Entry> first = _waiting.GetRange(0, LargestBatch);
            _waiting.RemoveRange(0, LargestBatch);
            return first;
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Every failure reaches the callers whose records it concerns.")]
    private async Task CommitAsync(IReadOnlyList<Entry> batch)
    {
        try
        {
            AiCallRecord[] records = [.. batch.Select(entry => entry.Record)];
            await store.AppendAsync(records, CancellationToken.None).WaitAsync(options.Value.Ledger.StoreTimeout, time).ConfigureAwait(false);
        }
        catch (Exception e) when (batch.Count > 1 && store.IsRefusal(e))
        {
            // One record that the store refuses does not take the others with it.
            foreach (Entry entry in batch)
            {
                await CommitAsync([entry]).ConfigureAwait(false);
            }

            return;
        }
        catch (Exception e)
        {
            foreach (Entry entry in batch)
            {
                Fail(entry, e);
            }

            return;
        }

        foreach (Entry entry in batch)
        {
            entry.SetResult();
        }
    }

    private void Fail(Entry entry, Exception cause)
    {
        AiCallRecord record = entry.Record;
        logger.RecordNotDurable(record.CallId, record.Tier, record.Status.ToString(), record.CostUsd, cause);
        entry.SetException(new LedgerException(
            $"The record of call {record.CallId} on tier '{record.Tier}' could not be made durable ({cause.GetType().Name}). The call itself ended with status "
            + $"'{record.Status}'; LedgerException.Record holds its cost. Check the database, then append the record again: its id keeps it from counting twice.",
            record,
            cause));
    }

    private sealed class Entry(AiCallRecord record) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public AiCallRecord Record { get; } = record;
    }
}
