namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>Outside the retry: an activation ends a back-off at once, and the caller gets the switch's exception instead of the failure it would have retried.</summary>
internal sealed class KillSwitchScopeHandler(IKillSwitchGate gate) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var subject = KillSwitchSubject.Of(request);

        // Asked before the call is watched: nobody else may have asked since another process released the switch.
        await gate.ThrowIfStoppedAsync(subject, cancellationToken).ConfigureAwait(false);
        using var link = new StopLink(request, subject, cancellationToken);
        link.Watch = gate.Watch(link);
        try
        {
            return await base.SendAsync(request, link.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or ModelCallException && !cancellationToken.IsCancellationRequested && link.StoppedBy is not null)
        {
            throw link.ToException(link.StoppedBy!);
        }
    }
}
