using System.Net;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>A body that is decoded while it is read.</summary>
internal sealed class DecodedContent : HttpContent
{
    private readonly HttpContent _encoded;
    private readonly Func<Stream, Stream> _decode;

    public DecodedContent(HttpContent encoded, Func<Stream, Stream> decode)
    {
        (_encoded, _decode) = (encoded, decode);
        ContentHeaders.Copy(encoded.Headers, Headers);
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
        _decode(await _encoded.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Stream decoded = await CreateContentReadStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (decoded.ConfigureAwait(false))
        {
            await decoded.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        // The decoder first: it is the base that holds it, if there is one.
        base.Dispose(disposing);
        _encoded.Dispose();
    }
}
