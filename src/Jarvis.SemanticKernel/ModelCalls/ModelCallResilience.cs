using System.Globalization;
using System.Net;
using Jarvis.SemanticKernel.Diagnostics;
using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Which failures are worth a second call, and how long a call may take.</summary>
internal static class ModelCallResilience
{
    public static readonly ResiliencePropertyKey<TierRequest?> Tier = new("Jarvis.Tier");
    public static readonly ResiliencePropertyKey<TimeSpan> TimeLeft = new("Jarvis.TimeLeft");

    /// <summary>Makes the pipeline around the attempts that follow a failed one.</summary>
    public static ResiliencePipeline<HttpResponseMessage> CreatePipeline(ResilienceOptions options, TimeProvider time, ILogger logger)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        builder.AddTimeout(new TimeoutStrategyOptions
        {
            TimeoutGenerator = static limits => ValueTask.FromResult(limits.Context.Properties.GetValue(TimeLeft, default)),
            OnTimeout = static passed =>
            {
                TierOf(passed.Context)?.TotalTimeoutPassed = true;
                return default;
            },
        });
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
        return builder.Build();
    }

    private static TierRequest? TierOf(ResilienceContext context) => context.Properties.GetValue(Tier, null);

    // Polly's own telemetry would say it too, but listens to every call that succeeds.
    private static void LogRetry(ILogger logger, OnRetryArguments<HttpResponseMessage> attempt)
    {
        if (TierOf(attempt.Context)?.LastCall is { } failed)
        {
            string failure = failed.Error is { } error ? error.Code.ToString(CultureInfo.InvariantCulture) : failed.Failure ?? $"{failed.Status}";
            logger.CallRetried(failed.Attempt, failed.Tier, failed.RequestedModel, failure, attempt.RetryDelay, failed.CallId);
        }
    }

    public static bool IsWorthRetrying(Outcome<HttpResponseMessage> outcome, TimeSpan longestWait) => outcome switch
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
