using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Jarvis.SemanticKernel.Storage;

/// <summary>Texts that both engines accept: a record or a stop must not be refused for a character that somebody else put into it.</summary>
internal static class StorableText
{
    private const char Replacement = '\uFFFD';
    private static readonly SearchValues<char> Suspects = SearchValues.Create(['\0', .. Enumerable.Range(0xD800, 0x800).Select(code => (char)code)]);

    /// <summary>Replaces NUL and halves of surrogate pairs, and cuts after <paramref name="maxLength"/> characters.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? From(string? text, int maxLength = int.MaxValue)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length > maxLength)
        {
            text = text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
        }

        if (!text.AsSpan().ContainsAny(Suspects))
        {
            return text;
        }

        StringBuilder clean = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            clean.Append(rune.Value == 0 ? Replacement.ToString() : rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>Does the same to the escapes of a JSON text, which jsonb refuses too.</summary>
    public static string FromJson(string json)
    {
        if (!json.Contains("\\u", StringComparison.Ordinal))
        {
            return From(json);
        }

        StringBuilder clean = new(json.Length);
        for (int at = 0; at < json.Length; at++)
        {
            clean.Append(json[at]);
            if (json[at] != '\\' || at + 1 == json.Length)
            {
                continue;
            }

            at++;
            clean.Append(json[at]);
            if (json[at] != 'u' || EscapeAt(json, at + 1) is not { } unit)
            {
                continue;
            }

            bool pair = char.IsHighSurrogate(unit) && json.AsSpan(at + 5).StartsWith("\\u") && EscapeAt(json, at + 7) is { } low && char.IsLowSurrogate(low);
            int length = pair ? 10 : 4;
            clean.Append(unit == 0 || (char.IsSurrogate(unit) && !pair) ? "fffd" : json.AsSpan(at + 1, length));
            at += length;
        }

        return From(clean.ToString());
    }

    private static char? EscapeAt(string json, int at) =>
        at + 4 <= json.Length && ushort.TryParse(json.AsSpan(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit) ? (char)unit : null;
}
