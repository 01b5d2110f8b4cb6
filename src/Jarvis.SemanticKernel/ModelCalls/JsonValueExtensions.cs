using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Reads the value after a property name. A value of another kind than expected reads as null: unknown, never a guess.</summary>
internal static class JsonValueExtensions
{
    /// <summary>Compares a property name. Names without escapes, which are all that anybody sends, are compared as they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNamed(this ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.ValueIsEscaped || reader.HasValueSequence ? reader.IsText(name) : reader.ValueSpan.SequenceEqual(name);

    /// <summary>Compares a name or a text. Half a surrogate pair is valid JSON, but no text at all, and so not this one.</summary>
    public static bool IsText(this ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        try
        {
            return reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Reads a text; keeps <paramref name="current"/> when it says the same, so that a stream's chunks allocate it once.</summary>
    public static string? ReadText(this ref Utf8JsonReader reader, string? current) => reader.ReadText(current, current);

    /// <summary>Reads a text; takes <paramref name="known"/> when it says the same, and keeps <paramref name="current"/> when there is no text.</summary>
    public static string? ReadText(this ref Utf8JsonReader reader, string? current, string? known)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return current;
        }

        return known is not null && reader.ValueTextEquals(known) ? known : reader.GetString();
    }

    public static int? ReadInt32(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int plain) ? plain
            : reader.CurrentDecimal() is { } number && number == decimal.Truncate(number) && number is >= int.MinValue and <= int.MaxValue ? (int)number
            : null;
    }

    public static int? ReadCount(this ref Utf8JsonReader reader) => reader.ReadInt32() is >= 0 and var count ? count : null;

    /// <summary>Reads a number, or a text that holds one.</summary>
    public static decimal? ReadDecimal(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.CurrentDecimal();
    }

    private static decimal? CurrentDecimal(this ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
        {
            reader.Skip();
            return null;
        }

        ReadOnlySpan<byte> digits = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        return decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) ? value : null;
    }
}
