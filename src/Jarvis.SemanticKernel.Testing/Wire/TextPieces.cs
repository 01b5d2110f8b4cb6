using System.Globalization;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>Splits texts as models stream them.</summary>
internal static class TextPieces
{
    private const int WordsPieceLength = 8;
    private const int ArgumentsPieceLength = 9;

    /// <summary>Pieces of whole words; each later piece starts with its space.</summary>
    public static IEnumerable<string> Words(string text)
    {
        int start = 0;
        while (start < text.Length)
        {
            int space = start + WordsPieceLength < text.Length ? text.IndexOf(' ', start + WordsPieceLength) : -1;
            int end = space < 0 ? text.Length : space;
            yield return text[start..end];
            start = end;
        }
    }

    /// <summary>Short pieces wherever they end, but never inside a character.</summary>
    public static IEnumerable<string> Arguments(string json)
    {
        int start = 0;
        while (start < json.Length)
        {
            int end = start;
            while (end < json.Length && end - start < ArgumentsPieceLength)
            {
                end += StringInfo.GetNextTextElementLength(json, end);
            }

            yield return json[start..end];
            start = end;
        }
    }
}
