using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>The tier that serves in another one's place.</summary>
internal sealed class TierFallback(TierChatCompletionService tier, ILogger logger)
{
    private const string Route = "fallback";

    /// <summary>The tier to call after a failure, for the same purpose; null when another tier would not help.</summary>
    public TierChatCompletionService? After(ModelCallException failure, TierChatCompletionService failed, CancellationToken cancellationToken)
    {
        if (failure is not (ProviderUnavailableException or ModelGoneException or NoEndpointException) || cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        logger.TierFellBack(failed.Tier, tier.Tier, failure.GetType().Name, failure.CallId);
        return tier.For(failed.Attribution with { Route = Route });
    }
}
