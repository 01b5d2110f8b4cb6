using System.Buffers;
using Jarvis.SemanticKernel.Diagnostics;

namespace Jarvis.SemanticKernel.Extensions;

/// <summary>A wrong value as a fault may repeat it. A key or a connection string that landed in the wrong setting stays out.</summary>
internal static class ShownValue
{
    private static readonly SearchValues<char> MarksOfSecrets = SearchValues.Create("@=");

    public static string Of(string value) =>
        value.AsSpan().ContainsAny(MarksOfSecrets) || SecretScrubber.Scrub(value) != value ? "a value that may hold a secret" : $"'{value}'";

    public static string Of(Uri value) => Of(value.OriginalString);
}
