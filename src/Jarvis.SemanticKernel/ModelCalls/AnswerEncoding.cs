using System.IO.Compression;
using System.Net.Http.Headers;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Asks for compressed answers and undoes the compression. The network's own handler would take the header apart and put it together again for every call.</summary>
internal static class AnswerEncoding
{
    private const string AcceptEncoding = "Accept-Encoding";
    private const string ContentEncoding = "Content-Encoding";

    /// <summary>Asks, unless the request says already what it accepts.</summary>
    public static void Accept(HttpRequestHeaders headers)
    {
        if (!headers.NonValidated.Contains(AcceptEncoding))
        {
            headers.TryAddWithoutValidation(AcceptEncoding, "gzip, br");
        }
    }

    /// <summary>Makes the body what it was before it was compressed. One in a form that nobody asked for stays as it is.</summary>
    public static void Decode(HttpResponseMessage response)
    {
        if (!response.Content.Headers.NonValidated.TryGetValues(ContentEncoding, out HeaderStringValues encodings))
        {
            return;
        }

        Func<Stream, Stream>? decode = encodings.ToString().Trim().ToUpperInvariant() switch
        {
            "GZIP" => static body => new GZipStream(body, CompressionMode.Decompress),
            "BR" => static body => new BrotliStream(body, CompressionMode.Decompress),
            "DEFLATE" => static body => new ZLibStream(body, CompressionMode.Decompress),
            _ => null,
        };
        if (decode is not null)
        {
            var decoded = new DecodedContent(response.Content, decode);
            decoded.Headers.Remove(ContentEncoding);
            response.Content = decoded;
        }
    }
}
