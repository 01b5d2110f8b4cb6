using System.Text.RegularExpressions;

namespace Jarvis.SemanticKernel.Diagnostics;

/// <summary>Takes what looks like a key out of a text that an upstream wrote.</summary>
internal static partial class SecretScrubber
{
    public static string Scrub(string text) => Key().Replace(text, "[key]");

    [GeneratedRegex(@"\bsk-[A-Za-z0-9_\-]{6,}|\bBearer\s+\S+", RegexOptions.CultureInvariant)]
    private static partial Regex Key();
}
