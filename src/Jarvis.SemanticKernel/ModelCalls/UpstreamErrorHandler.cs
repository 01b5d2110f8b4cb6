using Jarvis.SemanticKernel.Routing;
using Polly.Timeout;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// Outermost: makes an exception of what the retry gave up on. Left alone, the SDK would put the whole error body, which may quote the prompt, into its own.
/// </summary>
internal sealed class UpstreamErrorHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        TierRequest? tier = TierRequest.Of(request);
        tier?.Caller = cancellationToken;
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException && tier?.LastCall is not null)
        {
            throw ModelCallErrors.ToException(tier.LastCall, e, endedByTotalTimeout: tier.TotalTimeoutPassed);
        }

        return response.Content is UpstreamErrorContent refusal ? throw ModelCallErrors.ToException(refusal.Context, null) : response;
    }
}
