using System.Buffers;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>
/// The header by which OpenRouter groups the calls of a run, and sends them to one provider so that its prompt cache is hit. It means the same as <c>session_id</c> in the body,
/// and an endpoint that knows neither passes over a header.
/// </summary>
internal static class RunAttribution
{
    public const string Header = "x-session-id";

    private const int LongestId = 256;

    private static readonly SearchValues<char> Printable = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c)]);

    public static void AddTo(HttpRequestHeaders headers, string run) => headers.TryAddWithoutValidation(Header, IdOf(run));

    // What cannot stand there is still the same for the calls of one run, and another for those of another.
    private static string IdOf(string run) => run.Length is > 0 and <= LongestId && !run.AsSpan().ContainsAnyExcept(Printable)
        ? run
        : $"sha256-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run)))}";
}
