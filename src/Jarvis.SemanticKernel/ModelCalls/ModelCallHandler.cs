using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly.Timeout;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Turns each pass, which is one attempt, into one run of the filter chain. Sits inside the retry: every attempt that may be billed is a call.</summary>
internal sealed class ModelCallHandler(
    ModelCallPipeline pipeline, IOptions<JarvisRoutingOptions> options, TimeProvider time, ILogger<ModelCallHandler> logger) : DelegatingHandler
{
    private readonly DeadlineQueue _limits = new(options.Value.Resilience.AttemptTimeout, time);
    private readonly DeadlineQueue? _firstByteLimits =
        options.Value.Resilience.FirstByteTimeout < options.Value.Resilience.AttemptTimeout ? new(options.Value.Resilience.FirstByteTimeout, time) : null;

    private Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>? _send;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        TierRequest tier = TierRequest.Of(request)
            ?? throw new InvalidOperationException("The 'jarvis' HTTP client serves the chat services of the tiers only; a request of anybody else cannot be attributed.");

        tier.AllAttempts = cancellationToken;
        return tier.Call is { } call ? AttemptAsync(request, tier, call.IsStreaming) : FindOutAndAttemptAsync(request, tier);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Model calls are asynchronous: a record has to be durable before the reply is handed over. Use SendAsync.");

    private async Task<HttpResponseMessage> FindOutAndAttemptAsync(HttpRequestMessage request, TierRequest tier)
    {
        bool isStreaming = await StreamRequest.IsStreamAsync(request, tier.AllAttempts).ConfigureAwait(false);
        return await AttemptAsync(request, tier, isStreaming).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> AttemptAsync(HttpRequestMessage request, TierRequest tier, bool isStreaming)
    {
        using var limit = new AttemptLimit(_limits, _firstByteLimits, tier.AllAttempts);
        var context = new ModelCallContext(request, tier.Tier, tier.Model, limit.Token)
        {
            Attempt = ++tier.Attempts,
            IsStreaming = isStreaming,
            Attribution = tier.Call?.Attribution ?? CallAttribution.None,
            Call = tier.Call,
            IsServedElsewhere = tier.IsServedElsewhere,
            Prices = tier.Prices,
            Limit = limit,
        };
        tier.LastCall = context;
        var call = new PhysicalCall(context, pipeline, _send ??= base.SendAsync, options.Value, time, logger, tier, limit);
        try
        {
            Task chain = call.RunAsync();
            if (!isStreaming)
            {
                await chain.ConfigureAwait(false);
                return context.Response!;
            }

            tier.Call?.Track(call);
            return await call.Responded.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.HasPassed)
        {
            ResilienceOptions limits = options.Value.Resilience;
            throw new TimeoutRejectedException(limit.Name, limit.IsFirstByte ? limits.FirstByteTimeout : limits.AttemptTimeout, e);
        }
    }
}
