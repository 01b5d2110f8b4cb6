using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>Reads members of an object. One that is missing or of another kind reads as null: unknown, never a guess.</summary>
internal static class JsonElementExtensions
{
    public static JsonElement? Member(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement member) ? member : null;

    public static string? Text(this JsonElement json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.String } member && member.GetString() is { Length: > 0 } text ? text : null;

    public static bool? Flag(this JsonElement json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } member ? member.GetBoolean() : null;

    public static int? Count(this JsonElement json, string name) =>
        json.Decimal(name) is { } number && number == decimal.Truncate(number) && number is >= 0 and <= int.MaxValue ? (int)number : null;

    /// <summary>Reads a number, or a text that holds one, from its own digits and never through double.</summary>
    public static decimal? Decimal(this JsonElement json, string name) => json.Member(name) switch
    {
        { ValueKind: JsonValueKind.Number } number
            when decimal.TryParse(JsonMarshal.GetRawUtf8Value(number), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) => value,
        { ValueKind: JsonValueKind.String } text when decimal.TryParse(text.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) => value,
        _ => null,
    };
}
