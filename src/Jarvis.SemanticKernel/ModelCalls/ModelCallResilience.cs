using System.Collections.Concurrent;
using System.Net;
using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Which failures are worth a second call, and how long a call may take.</summary>
internal static class ModelCallResilience
{
    /// <summary>Makes the handler around the attempts, with a pipeline of its own for each tier.</summary>
    public static DelegatingHandler CreateHandler(ResilienceOptions options, TimeProvider time)
    {
        var pipelines = new ConcurrentDictionary<string, ResiliencePipeline<HttpResponseMessage>>();
        return new ResilienceHandler(request => pipelines.GetOrAdd(
            TierRequest.Of(request)?.Tier ?? string.Empty,
            static (_, settings) =>
            {
                var builder = new ResiliencePipelineBuilder<HttpResponseMessage>();
                Configure(builder, settings.Options, settings.Time);
                return builder.Build();
            },
            (Options: options, Time: time)));
    }

    internal static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> builder, ResilienceOptions options, TimeProvider time)
    {
        builder.TimeProvider = time;
        builder.AddTimeout(new TimeoutStrategyOptions { Timeout = options.TotalTimeout });
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
            });
        }

        builder.AddTimeout(new TimeoutStrategyOptions { Timeout = options.AttemptTimeout });
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
