using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>Writes and checks JSON as the service does: UTF-8, nothing escaped that need not be.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        WriteTo(buffer, write);
        return buffer.WrittenMemory;
    }

    public static void WriteTo(IBufferWriter<byte> buffer, Action<Utf8JsonWriter> write)
    {
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        write(writer);
    }

    /// <summary>The text of an object with the members that <paramref name="write"/> adds.</summary>
    public static string Object(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(Write(json =>
    {
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    }).Span);

    /// <summary>Writes a text with every character as itself: the writer alone escapes those of four bytes, which the service does not.</summary>
    public static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is null || !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            json.WriteString(name, text);
            return;
        }

        var literal = new StringBuilder("\"", text.Length + 16);
        foreach (char character in text)
        {
            _ = character switch
            {
                '"' or '\\' => literal.Append('\\').Append(character),
                < ' ' => literal.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => literal.Append(character),
            };
        }

        json.WritePropertyName(name);
        json.WriteRawValue(literal.Append('"').ToString(), skipInputValidation: true);
    }

    public static bool IsNumber(string json) => IsKind(json, JsonValueKind.Number);

    public static bool IsObject(string json) => IsKind(json, JsonValueKind.Object);

    private static bool IsKind(string json, JsonValueKind kind)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == kind && (kind != JsonValueKind.Number || json == json.Trim());
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
