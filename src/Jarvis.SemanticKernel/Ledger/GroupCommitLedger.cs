using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Ledger;

/// <summary>
/// Callers that wait at the same time share a commit. Nobody waits for a timer: a lone caller is written at once, and those who come while a batch is being
/// committed make up the next one.
/// </summary>
internal sealed class GroupCommitLedger : IAiCallLedger, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan LongestBetweenLooks = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortestBetweenLooks = TimeSpan.FromMilliseconds(1);

    private readonly IAiCallStore _store;
    private readonly IOptions<JarvisRoutingOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CommitQueue _queue;
    private readonly ContextCallback _startWriting;
    private readonly ITimer _look;
    private int _isLooking;

    public GroupCommitLedger(IAiCallStore store, IOptions<JarvisRoutingOptions> options, TimeProvider time, ILogger<GroupCommitLedger> logger)
    {
        (_store, _options, _time, _logger) = (store, options, time, logger);
        _queue = new CommitQueue(store.MaxConcurrentBatches, time);
        _startWriting = batch => _ = WriteAsync((RecordBatch)batch!);
        _look = Detached.CreateTimer(time, LookForLateRecords);
    }

    /// <summary>Gets or sets who takes a record that the store does not; else its caller gets an exception that carries it.</summary>
    public Func<AiCallRecord, Exception, Task>? TakeOver { get; set; }

    private TimeSpan Limit => _options.Value.Ledger.StoreTimeout;

    public Task AppendAsync(AiCallRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var pending = new PendingRecord(record, _time.GetTimestamp());
        if (_queue.Add(pending) is { } batch)
        {
            // Here and now, because waking another thread takes longer than handing a batch over. What the batch does belongs to no single caller.
            Detached.RunHere(_startWriting, batch);
        }

        if (Volatile.Read(ref _isLooking) == 0 && !pending.Task.IsCompleted)
        {
            StartLooking();
        }

        return pending.Task;
    }

    /// <summary>
    /// Lets the records that were handed over become durable before the container takes the store away, for as long as a commit may take. What comes later, or
    /// takes longer, fails with an exception that carries the record.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await ((Task)_queue.WhenIdleAsync().WaitAsync(Limit, _time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        EndLate(TimeSpan.Zero);
        await _look.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task WriteAsync(RecordBatch first)
    {
        RecordBatch? batch = first;
        while (batch is not null)
        {
            RecordBatch ended = batch;
            Exception? failure = await TryAppendAsync(ended.Pending).ConfigureAwait(false);
            bool isRefused = ended.Count > 1 && failure is not null && _store.IsRefusal(failure);
            if (isRefused)
            {
                await AppendHalvesAsync(ended.Pending).ConfigureAwait(false);
            }

            batch = _queue.Next(ended);
            if (!isRefused)
            {
                End(ended.Pending, failure, isLastStep: batch is null);
            }
        }
    }

    /// <summary>One record that the store refuses does not take the others with it, and costs them a few commits and not one each.</summary>
    private async Task AppendHalvesAsync(ArraySegment<PendingRecord> refused)
    {
        int middle = refused.Count / 2;
        foreach (ArraySegment<PendingRecord> half in (ArraySegment<PendingRecord>[])[refused[..middle], refused[middle..]])
        {
            Exception? failure = await TryAppendAsync(half).ConfigureAwait(false);
            if (half.Count > 1 && failure is not null && _store.IsRefusal(failure))
            {
                await AppendHalvesAsync(half).ConfigureAwait(false);
            }
            else
            {
                End(half, failure, isLastStep: false);
            }
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Every failure reaches the callers whose records it concerns.")]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Exception?> TryAppendAsync(ArraySegment<PendingRecord> batch)
    {
        var records = new AiCallRecord[batch.Count];
        for (int i = 0; i < records.Length; i++)
        {
            records[i] = batch[i].Record;
        }

        try
        {
            await _store.AppendAsync(records, CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private void End(IReadOnlyList<PendingRecord> batch, Exception? failure, bool isLastStep)
    {
        foreach (PendingRecord pending in batch)
        {
            if (!pending.TryClaim())
            {
                continue;
            }

            if (failure is not null && TakeOver is { } takeOver)
            {
                _ = TakeOverAsync(takeOver, pending, failure);
                continue;
            }

            pending.Failure = failure is null ? null : Report(pending.Record, failure);
            if (isLastStep && batch.Count == 1)
            {
                // This thread has nothing else to do, and a lone caller need not wait until another one is awake.
                pending.Execute();
            }
            else
            {
                ThreadPool.UnsafeQueueUserWorkItem(pending, preferLocal: true);
            }
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It reaches the caller whose record it concerns.")]
    private static async Task TakeOverAsync(Func<AiCallRecord, Exception, Task> takeOver, PendingRecord pending, Exception failure)
    {
        // Not on the thread that commits, nor in whatever context it is.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await takeOver(pending.Record, failure).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            pending.Failure = e;
        }

        pending.Execute();
    }

    private void StartLooking()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) == 0)
        {
            TimeSpan wait = Limit / 8;
            wait = wait > LongestBetweenLooks ? LongestBetweenLooks : wait < ShortestBetweenLooks ? ShortestBetweenLooks : wait;
            _look.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void EndLate(TimeSpan limit)
    {
        List<PendingRecord> late = [];
        RecordBatch? batch = _queue.TakeLate(limit, late);
        End(late, new TimeoutException($"The store did not commit it within {Limit}."), isLastStep: false);
        if (batch is not null)
        {
            Detached.RunHere(_startWriting, batch);
        }
    }

    private void LookForLateRecords()
    {
        EndLate(Limit);
        Volatile.Write(ref _isLooking, 0);
        if (!_queue.IsIdle)
        {
            StartLooking();
        }
    }

    private LedgerException Report(AiCallRecord record, Exception cause)
    {
        _logger.RecordNotDurable(record.CallId, record.Tier, record.Status.ToString(), record.CostUsd, cause);
        return new LedgerException(
            $"The record of call {record.CallId} on tier '{record.Tier}' could not be made durable ({cause.GetType().Name}). The call itself ended with status "
            + $"'{record.Status}'; LedgerException.Record holds its cost. Check the database, then append the record again: its id keeps it from counting twice.",
            record,
            cause);
    }
}
