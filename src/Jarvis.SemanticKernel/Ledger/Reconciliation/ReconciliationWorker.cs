using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Diagnostics;
using Jarvis.SemanticKernel.OpenRouter;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>
/// Asks about calls without a cost in the background, one at a time. Needs no host and no orderly stop: between two questions there is nothing but a timer, which holds
/// this weakly, so that a kernel that nobody holds any more goes, and what it had not found out is in the records all the same.
/// </summary>
internal sealed class ReconciliationWorker : IDisposable
{
    private const int MostPickedUp = 1000;

    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private readonly CostInquiry _inquiry;
    private readonly IUnresolvedCallStore _store;
    private readonly IOpenRouterApi _api;
    private readonly PickUpTurn _turn;
    private readonly ReconciliationOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly ReconciliationQueue _queue;
    private readonly ITimer _timer;
    private Tally _tally;
    private bool _isAsking;
    private int _failures;
    private int _hasLooked;
    private int _isDisposed;

    public ReconciliationWorker(
        CostInquiry inquiry, IUnresolvedCallStore store, IOpenRouterApi api, PickUpTurn turn, IOptions<JarvisRoutingOptions> options, TimeProvider time, ILogger<ReconciliationWorker> logger)
    {
        (_inquiry, _store, _api, _turn, _time, _logger) = (inquiry, store, api, turn, time, logger);
        _options = options.Value.Ledger.Reconciliation;
        _queue = new ReconciliationQueue(_options, time);
        _timer = CreateTimer(new WeakReference<ReconciliationWorker>(this), time);
    }

    /// <summary>Gets a value indicating whether calls are being asked about now.</summary>
    public bool IsAsking => Volatile.Read(ref _isAsking);

    /// <summary>Looks in the background, once, for the calls that earlier processes left.</summary>
    public void PickUp()
    {
        if (Volatile.Read(ref _hasLooked) == 0 && Interlocked.Exchange(ref _hasLooked, 1) == 0
            && _options.IsEnabled && _options.PickUpWithin > TimeSpan.Zero && _turn.TryTake())
        {
            _ = Detached.Run(PickUpAsync);
        }
    }

    /// <summary>Asks about a call soon. Its record has to be durable, or on its way.</summary>
    public void Add(UnresolvedCall call)
    {
        if (!_options.IsEnabled)
        {
            return;
        }

        // A price list is there or is fetched; the endpoint needs a while before it knows a call.
        TimeSpan sinceEnd = _time.GetUtcNow() - call.EndedAt;
        TimeSpan wait = !_inquiry.CanAsk(call.GenerationId) || sinceEnd >= _options.FirstWait ? TimeSpan.Zero
            : sinceEnd > TimeSpan.Zero ? _options.FirstWait - sinceEnd
            : _options.FirstWait;
        lock (_gate)
        {
            if (_queue.TryAdd(call, wait))
            {
                SetTimer();
            }
            else
            {
                _logger.CostsLeftUnknown(1);
            }
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _ending.Cancel();
            _ending.Dispose();
            _timer.Dispose();
        }
    }

    // Not in the scope, nor in the trace, of whoever happens to be first.
    private static ITimer CreateTimer(WeakReference<ReconciliationWorker> worker, TimeProvider time)
    {
        static void Ring(object? state)
        {
            if (((WeakReference<ReconciliationWorker>)state!).TryGetTarget(out ReconciliationWorker? worker))
            {
                worker.StartAsking();
            }
        }

        if (ExecutionContext.IsFlowSuppressed())
        {
            return time.CreateTimer(Ring, worker, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        using (ExecutionContext.SuppressFlow())
        {
            return time.CreateTimer(Ring, worker, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void SetTimer()
    {
        if (!_isAsking && !_ending.IsCancellationRequested && _queue.NextIn is { } wait)
        {
            // The clock counts whole milliseconds, and no more than a number of them.
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Min(wait.TotalMilliseconds, LongestSleep.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
        }
    }

    private void StartAsking()
    {
        lock (_gate)
        {
            if (_isAsking || _ending.IsCancellationRequested)
            {
                return;
            }

            _isAsking = true;
        }

        _ = Detached.Run(AskAsync);
    }

    private async Task AskAsync()
    {
        while (Take() is { } waiting)
        {
            await AskAsync(waiting).ConfigureAwait(false);
        }
    }

    private WaitingCall? Take()
    {
        lock (_gate)
        {
            if (!_ending.IsCancellationRequested && _queue.TakeDue() is { } waiting)
            {
                return waiting;
            }

            _isAsking = false;
            if (_queue.IsEmpty)
            {
                _tally.Report(_logger);
                _tally = default;
            }

            SetTimer();
            return null;
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever fails, it is tried again, and the record keeps saying that its cost is unknown.")]
    private async Task AskAsync(WaitingCall waiting)
    {
        try
        {
            CostFinding finding = await FindAsync(waiting).ConfigureAwait(false);
            lock (_gate)
            {
                _failures = 0;
                Settle(waiting, finding);
            }
        }
        catch (Exception failure)
        {
            lock (_gate)
            {
                if (!_ending.IsCancellationRequested)
                {
                    _logger.CostNotAsked(waiting.Call.CallId, failure is ApiFailureException ? failure.Message : failure.GetType().Name);
                    _tally.Left += _queue.TryPutBack(waiting) ? 0 : 1;
                    _tally.Left += _queue.Pause(_failures++, (failure as ApiFailureException)?.RetryAfter);
                }
            }
        }
    }

    private async Task<CostFinding> FindAsync(WaitingCall waiting)
    {
        if (_inquiry.CanAsk(waiting.Call.GenerationId))
        {
            CostFinding finding = await _inquiry.AskAsync(waiting.Call, CallCorrection.Worker, _ending.Token).ConfigureAwait(false);
            waiting.IsKnownUpstream |= finding.Kind != CostFindingKind.NotKnown;
            if (finding.Kind != CostFindingKind.NotKnown || waiting.IsKnownUpstream || !waiting.IsLastTry)
            {
                return finding;
            }
        }

        return waiting.Call.Priced is { } priced
            ? await _inquiry.ComputeAsync(waiting.Call, priced.Model, priced.Tokens, _ending.Token).ConfigureAwait(false)
            : new CostFinding(CostFindingKind.NotKnown);
    }

    private void Settle(WaitingCall waiting, CostFinding finding)
    {
        switch (finding.Kind)
        {
            case CostFindingKind.Corrected:
                _tally.Found++;
                _tally.CostUsd += finding.CostUsd;
                _queue.Remove(waiting);
                break;
            case CostFindingKind.KnownMeanwhile:
            case CostFindingKind.NoCost when !_inquiry.CanAsk(waiting.Call.GenerationId):
                _queue.Remove(waiting);
                break;
            default:
                _tally.Left += _queue.TryPutBack(waiting) ? 0 : 1;
                break;
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The records stay what they are; the next container looks again.")]
    private async Task PickUpAsync()
    {
        try
        {
            IReadOnlyList<UnresolvedCall> left = await _store.ReadAsync(
                _api.GenerationIdPrefix, _time.GetUtcNow() - _options.PickUpWithin, withComputed: false, MostPickedUp, _ending.Token).ConfigureAwait(false);
            foreach (UnresolvedCall call in left)
            {
                Add(call);
            }
        }
        catch (Exception failure)
        {
            _turn.GiveBack();
            if (!_ending.IsCancellationRequested)
            {
                _logger.CostsNotPickedUp(failure.GetType().Name);
            }
        }
    }

    /// <summary>What came of the calls since the queue was last empty.</summary>
    private struct Tally
    {
        public int Found;
        public decimal CostUsd;
        public int Left;

        public readonly void Report(ILogger logger)
        {
            if (Found > 0)
            {
                logger.CostsFound(Found, CostUsd);
            }

            if (Left > 0)
            {
                logger.CostsLeftUnknown(Left);
            }
        }
    }
}
