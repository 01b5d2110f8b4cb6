using System.Globalization;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>UTC as text of one width, so that texts sort as the instants they stand for.</summary>
internal static class SqliteTime
{
    public const string Format = "yyyy-MM-dd HH:mm:ss.ffffff";

    public static string From(DateTime utc) => utc.ToString(Format, CultureInfo.InvariantCulture);

    public static string From(DateTimeOffset instant) => From(instant.UtcDateTime);

    // Lenient, because people and other programs write times into the file too.
    public static DateTimeOffset Read(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
