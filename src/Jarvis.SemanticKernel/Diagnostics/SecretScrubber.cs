using System.Text.RegularExpressions;

namespace Jarvis.SemanticKernel.Diagnostics;

/// <summary>Takes what looks like a key out of a text that an upstream wrote.</summary>
internal static partial class SecretScrubber
{
    private const string Instead = "[key]";

    // What is shorter is the placeholder that a server without keys wants; taking that out would only garble the text.
    private const int ShortestKey = 8;

    /// <summary>Takes out <paramref name="apiKey"/> as it is, and everything that is shaped like a key.</summary>
    public static string Scrub(string text, string? apiKey = null) =>
        Key().Replace(apiKey is { Length: >= ShortestKey } ? text.Replace(apiKey, Instead, StringComparison.Ordinal) : text, Instead);

    [GeneratedRegex(@"\bsk-[A-Za-z0-9_\-]{6,}|\bBearer\s+\S+", RegexOptions.CultureInvariant)]
    private static partial Regex Key();
}
