using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>
/// How entries stand in a file: a line each, so that people can read them and a reader finds the next one behind a damaged one.
/// <c>J1 LENGTH CHECKSUM JSON</c>, both numbers with eight hexadecimal digits; the checksum is that of everything else in the line.
/// </summary>
internal static class JournalFormat
{
    public const int HeaderLength = 21;

    // A length beyond this is taken for damage instead of read ahead for. Records have about 600 bytes.
    public const int LongestPayload = 16 * 1024 * 1024;

    private const int MarkLength = 3;
    private const int NumberLength = 8;
    private const int CheckedLength = MarkLength + NumberLength + 1;
    private const char Version = '1';

    /// <summary>What a file looks like where an entry follows another one.</summary>
    public static ReadOnlySpan<byte> NextEntry => "\nJ1 "u8;

    /// <exception cref="InvalidDataException">The entry is longer than a reader accepts.</exception>
    public static void Write(Stream to, JournalEntry entry)
    {
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(entry, JournalJson.Default.JournalEntry);
        if (payload.Length > LongestPayload)
        {
            throw new InvalidDataException($"The record has {payload.Length} bytes, more than the {LongestPayload} that the journal takes.");
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        Utf8.TryWrite(header, CultureInfo.InvariantCulture, $"J{Version} {payload.Length:x8} ", out _);
        Utf8.TryWrite(header[CheckedLength..], CultureInfo.InvariantCulture, $"{Crc32C.Of(header[..CheckedLength], payload):x8} ", out _);
        to.Write(header);
        to.Write(payload);
        to.WriteByte((byte)'\n');
    }

    /// <summary>Reads a header that is there whole.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, out int length) =>
        TryReadNumber(header[MarkLength..], out uint number) & (length = (int)number) is >= 0 and <= LongestPayload && header[0] == 'J' && header[2] == ' ';

    /// <summary>Whether the line is as it was written, in whatever version of the format.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        TryReadNumber(header[CheckedLength..], out uint checksum) && checksum == Crc32C.Of(header[..CheckedLength], payload);

    /// <summary>Whether a later version of this package wrote the line.</summary>
    public static bool IsNewer(ReadOnlySpan<byte> header) => header[1] > Version;

    public static bool TryReadPayload(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out JournalEntry? entry)
    {
        try
        {
            entry = JsonSerializer.Deserialize(payload, JournalJson.Default.JournalEntry);
        }
        catch (JsonException)
        {
            entry = null;
        }

        return entry?.Record is not null;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> from, out uint number) =>
        Utf8Parser.TryParse(from[..NumberLength], out number, out int consumed, 'x') && consumed == NumberLength && from[NumberLength] == ' ';
}
