using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Jarvis.SemanticKernel.Diagnostics;
using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Which failures are worth a second call, and how long a call may take.</summary>
internal static class ModelCallResilience
{
    /// <summary>Makes the handler around the attempts, with a pipeline of its own for each tier.</summary>
    public static DelegatingHandler CreateHandler(ResilienceOptions options, TimeProvider time, ILogger logger)
    {
        var pipelines = new ConcurrentDictionary<string, ResiliencePipeline<HttpResponseMessage>>();
        return new ResilienceHandler(request => pipelines.GetOrAdd(
            TierRequest.Of(request)?.Tier ?? string.Empty,
            static (_, settings) =>
            {
                var builder = new ResiliencePipelineBuilder<HttpResponseMessage>();
                Configure(builder, settings.Options, settings.Time, settings.Logger);
                return builder.Build();
            },
            (Options: options, Time: time, Logger: logger)));
    }

    private static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> builder, ResilienceOptions options, TimeProvider time, ILogger logger)
    {
        builder.TimeProvider = time;
        builder.AddTimeout(new TimeoutStrategyOptions
        {
            Timeout = options.TotalTimeout,
            OnTimeout = static passed =>
            {
                TierOf(passed.Context)?.TotalTimeoutPassed = true;
                return default;
            },
        });
        if (options.MaxRetries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = options.MaxRetries,
                Delay = options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = attempt => ValueTask.FromResult(IsWorthRetrying(attempt.Outcome, options.MaxRetryWait)),
                DelayGenerator = static attempt => ValueTask.FromResult((attempt.Outcome.Result?.Content as UpstreamErrorContent)?.Context.Error?.RetryAfter),
                OnRetry = attempt =>
                {
                    LogRetry(logger, attempt);
                    return default;
                },
            });
        }

        TimeSpan attemptTimeout = options.AttemptTimeout;
        builder.AddTimeout(new TimeoutStrategyOptions
        {
            TimeoutGenerator = limits =>
            {
                // The token from outside of the attempt: by it the attempt tells whose limit ended it.
                TierOf(limits.Context)?.AllAttempts = limits.Context.CancellationToken;
                return ValueTask.FromResult(attemptTimeout);
            },
        });
    }

    private static TierRequest? TierOf(ResilienceContext context) => context.GetRequestMessage() is { } request ? TierRequest.Of(request) : null;

    // Polly's own telemetry would say it too, but listens to every call that succeeds.
    private static void LogRetry(ILogger logger, OnRetryArguments<HttpResponseMessage> attempt)
    {
        if (TierOf(attempt.Context)?.LastCall is { } failed)
        {
            string failure = failed.Error is { } error ? error.Code.ToString(CultureInfo.InvariantCulture) : failed.Failure ?? $"{failed.Status}";
            logger.CallRetried(failed.Attempt, failed.Tier, failed.RequestedModel, failure, attempt.RetryDelay, failed.CallId);
        }
    }

    internal static bool IsWorthRetrying(Outcome<HttpResponseMessage> outcome, TimeSpan longestWait) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException or ModelCallException { Status: AiCallStatus.Cut } } => true,
        { Result: { Content: UpstreamErrorContent refusal } } =>
            IsWorthRetrying(refusal.Context.Error!) && !(refusal.Context.Error!.RetryAfter > longestWait),
        _ => false,
    };

    // 402 is about money, except when calls in flight hold the budget: those end by themselves.
    private static bool IsWorthRetrying(ModelCallError error) => (HttpStatusCode)error.Code switch
    {
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout or (HttpStatusCode)524 or (HttpStatusCode)529 => true,
        HttpStatusCode.PaymentRequired => error.LimitSource == "openrouter_in_flight_budget",
        _ => false,
    };
}
