using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.AI;

namespace Jarvis.SemanticKernel.ModelCalls.Foreign;

/// <summary>Stands where the network stands: asks the client, and tells the handlers of its answer what they would read off the wire.</summary>
internal sealed class ForeignNetwork : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The last look at the switch; from here on the call counts as sent.
        await request.Content!.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        var call = ForeignCall.Of(request);
        HttpContent content = call.Stream is { } stream ? Content(new StreamContent(new ForeignEvents(call, stream)), "text/event-stream")
            : Content(new ByteArrayContent(await AskAsync(call, cancellationToken).ConfigureAwait(false)), "application/json");
        return call.Response = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = content };
    }

    private static async Task<byte[]> AskAsync(ForeignCall call, CancellationToken cancellationToken)
    {
        try
        {
            // A client may ignore the token.
            ChatResponse answer = await call.Ask!(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            call.Answer = answer;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // A time limit of its own, which the handlers would take for one of theirs.
            call.Failure = e;
            throw new HttpRequestException(HttpRequestError.Unknown, "The chat client gave up.", e);
        }

        var facts = new ForeignFacts(call.Provider);
        facts.Add(call.Answer);
        return facts.ToJson();
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "It goes with the response.")]
    private static HttpContent Content(HttpContent content, string mediaType)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return content;
    }
}
