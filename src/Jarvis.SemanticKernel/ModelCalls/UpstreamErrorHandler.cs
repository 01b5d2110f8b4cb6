using Polly.Timeout;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// Outermost: makes an exception of what the retry gave up on. Left alone, the SDK would put the whole error body, which may quote the prompt, into its own.
/// </summary>
internal sealed class UpstreamErrorHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Options.Set(CallerToken.Key, cancellationToken);
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException && request.Options.TryGetValue(LastCall, out ModelCallContext? failed))
        {
            throw ModelCallErrors.ToException(failed, e);
        }

        return response.Content is UpstreamErrorContent refusal ? throw ModelCallErrors.ToException(refusal.Context, null) : response;
    }

    /// <summary>Gets the key under which a request carries the newest attempt.</summary>
    public static HttpRequestOptionsKey<ModelCallContext> LastCall { get; } = new("Jarvis.LastCall");
}
