namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>Outside the retry: an activation ends a back-off at once, and the caller gets the switch's exception instead of the failure it would have retried.</summary>
internal sealed class KillSwitchScopeHandler(IKillSwitchGate gate) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Asked before the call is watched: nobody else may have asked since another process released the switch.
        ValueTask check = gate.ThrowIfStoppedAsync(KillSwitchSubject.Of(request), cancellationToken);
        return check.IsCompletedSuccessfully ? SendWatchedAsync(request, cancellationToken) : CheckAndSendAsync(check, request, cancellationToken);
    }

    private async Task<HttpResponseMessage> CheckAndSendAsync(ValueTask check, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await check.ConfigureAwait(false);
        return await SendWatchedAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendWatchedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var link = new StopLink(request, KillSwitchSubject.Of(request), cancellationToken);
        link.Watch = gate.Watch(link);
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or ModelCallException && !cancellationToken.IsCancellationRequested && link.StoppedBy is not null)
        {
            throw link.ToException(link.StoppedBy!);
        }

        if (!response.IsSuccessStatusCode && link.StoppedBy is { } stop)
        {
            // Of a filter that answered with it.
            response.Dispose();
            throw link.ToException(stop);
        }

        return response;
    }
}
