using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// Polly's circuit breaker of one tier, told of attempts instead of running them: one that runs the call takes every outcome that is no failure for a success, a caller's
/// cancellation too, and a closed circuit would cost each call a pass through a pipeline.
/// </summary>
internal sealed class TierCircuit
{
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline<bool> _breaker;
    private readonly TimeSpan _break;
    private readonly TimeProvider _time;

    // UTC ticks: Polly ends a break by that clock too.
    private long _triedAgainAt;

    public TierCircuit(string tier, CircuitBreakerOptions options, TimeProvider time, ILogger logger)
    {
        (_break, _time) = (options.BreakDuration, time);
        _breaker = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                StateProvider = _state,
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumAttempts,
                SamplingDuration = options.Window,
                ShouldHandle = static attempt => ValueTask.FromResult(attempt.Outcome.Result),

                // Asked before the circuit counts as open, so nobody finds it open with the end of an earlier break.
                BreakDurationGenerator = _ =>
                {
                    LetNobodyThroughBefore(time.GetUtcNow() + options.BreakDuration);
                    return ValueTask.FromResult(options.BreakDuration);
                },
                OnOpened = _ =>
                {
                    logger.CircuitOpened(tier, options.BreakDuration);
                    return default;
                },
                OnClosed = _ =>
                {
                    logger.CircuitClosed(tier);
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Gets a value indicating whether calls of the tier are held back.</summary>
    public bool IsOpen => _state.CircuitState != CircuitState.Closed;

    /// <summary>Says whether an attempt may be made.</summary>
    /// <param name="isProbe">Whether it is the one that finds out whether the upstream works again.</param>
    /// <param name="triedAgainAt">When to ask again, if it may not.</param>
    public bool TryPass(out bool isProbe, out DateTimeOffset triedAgainAt)
    {
        isProbe = false;
        triedAgainAt = default;
        if (!IsOpen)
        {
            return true;
        }

        DateTimeOffset now = _time.GetUtcNow();
        long until = Volatile.Read(ref _triedAgainAt);
        isProbe = now.UtcTicks >= until && Interlocked.CompareExchange(ref _triedAgainAt, (now + _break).UtcTicks, until) == until;
        triedAgainAt = new DateTimeOffset(Math.Max(until, now.UtcTicks), TimeSpan.Zero);
        return isProbe;
    }

    /// <summary>Counts an attempt that is over, or whose answer has begun.</summary>
    public ValueTask CountAsync(ModelCallContext? attempt, bool isProbe)
    {
        if (!isProbe && IsOpen)
        {
            // It began before the break.
            return default;
        }

        if (IsFailure(attempt) is { } isFailure)
        {
            return CountAsync(isFailure);
        }

        if (isProbe)
        {
            // It found nothing out.
            LetNobodyThroughBefore(_time.GetUtcNow());
        }

        return default;
    }

    // A refusal is an answer, so it says that the upstream works; but as a success it would hide failures behind a caller's own mistakes.
    private static bool? IsFailure(ModelCallContext? attempt) => attempt switch
    {
        { Status: AiCallStatus.Timeout or AiCallStatus.Cut } => true,
        { Status: AiCallStatus.Error, Error: null } => true,
        { Status: AiCallStatus.Error, Error.Code: >= 500 } => true,
        { Status: AiCallStatus.Ok } or { Status: null, IsSent: true, Response.IsSuccessStatusCode: true } => false,
        _ => null,
    };

    [SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "It is consumed once, here or in the method that waits for it.")]
    private ValueTask CountAsync(bool isFailure)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        ValueTask<Outcome<bool>> counting = _breaker.ExecuteOutcomeAsync(static (_, isFailure) => Outcome.FromResultAsValueTask(isFailure), context, isFailure);
        if (!counting.IsCompletedSuccessfully)
        {
            // The circuit opens or closes.
            return EndAsync(counting, context);
        }

        _ = counting.Result;
        ResilienceContextPool.Shared.Return(context);
        return default;
    }

    private static async ValueTask EndAsync(ValueTask<Outcome<bool>> counting, ResilienceContext context)
    {
        await counting.ConfigureAwait(false);
        ResilienceContextPool.Shared.Return(context);
    }

    private void LetNobodyThroughBefore(DateTimeOffset time) => Volatile.Write(ref _triedAgainAt, time.UtcTicks);
}
