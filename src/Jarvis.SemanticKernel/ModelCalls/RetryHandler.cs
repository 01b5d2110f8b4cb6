using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Timeout;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// Around the attempts. The first one is made bare, since nearly every call ends with it; a resilience pipeline, which costs a few microseconds, is entered only with a
/// failure that is worth another attempt. Every attempt asks the circuit of its tier first. What it gives up on becomes an exception that says what to do.
/// </summary>
internal sealed class RetryHandler(ResilienceOptions options, TimeProvider time, ILogger logger) : DelegatingHandler
{
    private readonly TierCircuits _circuits = new(options.CircuitBreaker, time, logger);
    private readonly ResiliencePipeline<HttpResponseMessage>? _pipeline =
        options.MaxRetries > 0 ? ModelCallResilience.CreatePipeline(options, time, logger) : null;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        long startedAt = time.GetTimestamp();
        TierRequest? tier = TierRequest.Of(request);
        TierCircuit? circuit = tier is null ? null : _circuits.Of(tier.Tier);
        Outcome<HttpResponseMessage> outcome;
        try
        {
            HttpResponseMessage response = await SendOnceAsync(request, tier, circuit, cancellationToken).ConfigureAwait(false);
            if (response.Content is not UpstreamErrorContent)
            {
                return response;
            }

            outcome = Outcome.FromResult(response);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException or ModelCallException)
        {
            outcome = Outcome.FromException<HttpResponseMessage>(e);
        }

        if (_pipeline is not null && ModelCallResilience.IsWorthRetrying(outcome, circuit, options.MaxRetryWait))
        {
            outcome = await RetryAsync(_pipeline, request, outcome, circuit, options.TotalTimeout - time.GetElapsedTime(startedAt), cancellationToken).ConfigureAwait(false);
        }

        return Result(outcome, tier);
    }

    // Left alone, the SDK would put the whole error body, which may quote the prompt, into an exception of its own.
    private static HttpResponseMessage Result(Outcome<HttpResponseMessage> outcome, TierRequest? tier)
    {
        if (outcome.Exception is HttpRequestException or TimeoutRejectedException && tier?.LastCall is { } last)
        {
            throw ModelCallErrors.ToException(last, outcome.Exception, endedByTotalTimeout: tier.TotalTimeoutPassed);
        }

        outcome.ThrowIfException();
        return outcome.Result!.Content is UpstreamErrorContent refusal ? throw ModelCallErrors.ToException(refusal.Context, null) : outcome.Result;
    }

    private async Task<Outcome<HttpResponseMessage>> RetryAsync(
        ResiliencePipeline<HttpResponseMessage> pipeline,
        HttpRequestMessage request,
        Outcome<HttpResponseMessage> first,
        TierCircuit? circuit,
        TimeSpan left,
        CancellationToken cancellationToken)
    {
        TierRequest? tier = TierRequest.Of(request);
        if (left <= TimeSpan.Zero)
        {
            tier?.TotalTimeoutPassed = true;
            first.Result?.Dispose();
            return Outcome.FromException<HttpResponseMessage>(new TimeoutRejectedException(nameof(ResilienceOptions.TotalTimeout), options.TotalTimeout, first.Exception!));
        }

        ResilienceContext context = ResilienceContextPool.Shared.Get(tier?.Break?.Token ?? cancellationToken);
        try
        {
            context.Properties.Set(ModelCallResilience.Tier, tier);
            context.Properties.Set(ModelCallResilience.Circuit, circuit);
            context.Properties.Set(ModelCallResilience.TimeLeft, left);
            Outcome<HttpResponseMessage>? known = first;
            return await pipeline.ExecuteOutcomeAsync(AttemptAsync, context, request).ConfigureAwait(false);

            // The pipeline counts the attempt that was made before it as its first.
            ValueTask<Outcome<HttpResponseMessage>> AttemptAsync(ResilienceContext attempt, HttpRequestMessage message)
            {
                if (known is { } outcome)
                {
                    known = null;
                    return ValueTask.FromResult(outcome);
                }

                return SendAgainAsync(message, tier, circuit, attempt.CancellationToken);
            }
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It goes on as the outcome of the attempt.")]
    private async ValueTask<Outcome<HttpResponseMessage>> SendAgainAsync(HttpRequestMessage request, TierRequest? tier, TierCircuit? circuit, CancellationToken cancellationToken)
    {
        try
        {
            return Outcome.FromResult(await SendOnceAsync(request, tier, circuit, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            return Outcome.FromException<HttpResponseMessage>(e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, TierRequest? tier, TierCircuit? circuit, CancellationToken cancellationToken)
    {
        if (circuit is null)
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        if (!circuit.TryPass(out bool isProbe, out DateTimeOffset triedAgainAt))
        {
            throw ModelCallFailure.CircuitOpen(tier!.Tier, tier.Model, triedAgainAt);
        }

        ModelCallContext? earlier = tier!.LastCall;
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await circuit.CountAsync(tier.LastCall == earlier ? null : tier.LastCall, isProbe).ConfigureAwait(false);
        }
    }
}
