using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Timeout;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// Around the attempts. The first one is made bare, since nearly every call ends with it; a resilience pipeline, which costs a few microseconds, is entered only with a
/// failure that is worth another attempt.
/// </summary>
internal sealed class RetryHandler(ResilienceOptions options, TimeProvider time, ILogger logger) : DelegatingHandler
{
    private readonly ResiliencePipeline<HttpResponseMessage>? _pipeline =
        options.MaxRetries > 0 ? ModelCallResilience.CreatePipeline(options, time, logger) : null;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        long startedAt = time.GetTimestamp();
        Outcome<HttpResponseMessage> first;
        try
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.Content is not UpstreamErrorContent)
            {
                return response;
            }

            first = Outcome.FromResult(response);
        }
        catch (Exception e) when (_pipeline is not null && ModelCallResilience.IsWorthRetrying(Outcome.FromException<HttpResponseMessage>(e), options.MaxRetryWait))
        {
            first = Outcome.FromException<HttpResponseMessage>(e);
        }

        return _pipeline is not null && ModelCallResilience.IsWorthRetrying(first, options.MaxRetryWait)
            ? await RetryAsync(_pipeline, request, first, options.TotalTimeout - time.GetElapsedTime(startedAt), cancellationToken).ConfigureAwait(false)
            : first.Result!;
    }

    private async Task<HttpResponseMessage> RetryAsync(
        ResiliencePipeline<HttpResponseMessage> pipeline, HttpRequestMessage request, Outcome<HttpResponseMessage> first, TimeSpan left, CancellationToken cancellationToken)
    {
        TierRequest? tier = TierRequest.Of(request);
        if (left <= TimeSpan.Zero)
        {
            tier?.TotalTimeoutPassed = true;
            first.Result?.Dispose();
            throw new TimeoutRejectedException(nameof(ResilienceOptions.TotalTimeout), options.TotalTimeout, first.Exception!);
        }

        ResilienceContext context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(ModelCallResilience.Tier, tier);
            context.Properties.Set(ModelCallResilience.TimeLeft, left);
            Outcome<HttpResponseMessage>? known = first;
            Outcome<HttpResponseMessage> last = await pipeline.ExecuteOutcomeAsync(AttemptAsync, context, request).ConfigureAwait(false);
            last.ThrowIfException();
            return last.Result!;

            // The pipeline counts the attempt that was made before it as its first.
            ValueTask<Outcome<HttpResponseMessage>> AttemptAsync(ResilienceContext attempt, HttpRequestMessage message)
            {
                if (known is { } outcome)
                {
                    known = null;
                    return ValueTask.FromResult(outcome);
                }

                return SendAgainAsync(message, attempt.CancellationToken);
            }
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It goes on as the outcome of the attempt.")]
    private async ValueTask<Outcome<HttpResponseMessage>> SendAgainAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Outcome.FromResult(await base.SendAsync(request, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            return Outcome.FromException<HttpResponseMessage>(e);
        }
    }
}
