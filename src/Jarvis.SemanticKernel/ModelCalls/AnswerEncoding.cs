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

    /// <summary>Reads the body as it was before it was compressed. One in a form that nobody asked for stays as it is.</summary>
    public static Stream Decode(Stream body, HttpContentHeaders headers) =>
        !headers.NonValidated.TryGetValues(ContentEncoding, out HeaderStringValues encodings) ? body : encodings.ToString().ToUpperInvariant() switch
        {
            "GZIP" => new GZipStream(body, CompressionMode.Decompress),
            "BR" => new BrotliStream(body, CompressionMode.Decompress),
            "DEFLATE" => new ZLibStream(body, CompressionMode.Decompress),
            _ => body,
        };

    /// <summary>Gives a body the headers that it came with, but for the one that speaks of its compressed form if it no longer has that.</summary>
    public static void CopyHeaders(HttpContentHeaders from, HttpContentHeaders to, bool isDecoded)
    {
        ContentHeaders.Copy(from, to);
        if (isDecoded)
        {
            to.Remove(ContentEncoding);
        }
    }
}
