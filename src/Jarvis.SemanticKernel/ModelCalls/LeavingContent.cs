using System.Net;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// A request's body for the time of one sending. It is asked for when the connection stands and nothing of the request has left, the headers included: connecting may
/// take long, and this is the last moment at which a call costs nothing.
/// </summary>
internal sealed class LeavingContent : HttpContent
{
    private readonly HttpContent _body;
    private readonly ModelCallContext _context;

    public LeavingContent(HttpContent body, ModelCallContext context)
    {
        (_body, _context) = (body, context);
        ContentHeaders.Copy(body.Headers, Headers);
    }

    /// <summary>Puts one into the request of a call, which counts as sent only when its body leaves; without a body it is sent at once.</summary>
    public static LeavingContent? PutInto(ModelCallContext call)
    {
        LeavingContent? leaving = call.Request.Content is { } body ? new LeavingContent(body, call) : null;
        call.IsSent = leaving is null;
        call.Request.Content = leaving;
        return leaving;
    }

    /// <summary>Gets what the check threw. The network may wrap it.</summary>
    public Exception? Refusal { get; private set; }

    /// <summary>Gives the request its body back: the next attempt, and a filter that looks at the request, find what the SDK put there.</summary>
    public void TakeOut()
    {
        _context.Request.Content = _body;
        Dispose();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            if (_context.LeavingCheck is { } check)
            {
                await check(_context, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Refusal = e;
            throw;
        }

        _context.IsSent = true;
        await _body.CopyToAsync(stream, context, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Headers.ContentLength ?? 0;
        return _body.Headers.ContentLength is not null;
    }
}
