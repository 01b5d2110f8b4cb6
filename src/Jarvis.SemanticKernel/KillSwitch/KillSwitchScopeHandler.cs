using Jarvis.SemanticKernel.Routing;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>Outside the retry: an activation ends a back-off at once, and the caller gets the switch's exception instead of the failure it would have retried.</summary>
internal sealed class KillSwitchScopeHandler(KillSwitchCheck check) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Asked before the token is taken: nobody else may have asked since another process released the switch, and then the token is still the old one.
        await check.ThrowIfStoppedAsync(RunOf(request), cancellationToken).ConfigureAwait(false);
        using var link = new StopLink(request, check.StopToken, cancellationToken);
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, link.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (link.IsStopped && e is OperationCanceledException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw Stopped(request);
        }

        if (link.IsStopped && !response.IsSuccessStatusCode)
        {
            response.Dispose();
            throw Stopped(request);
        }

        return response;
    }

    private KillSwitchActiveException Stopped(HttpRequestMessage request) => check.Stop(RunOf(request));

    private static RunLatch? RunOf(HttpRequestMessage request) => TierRequest.Of(request)?.Call?.Run;
}
