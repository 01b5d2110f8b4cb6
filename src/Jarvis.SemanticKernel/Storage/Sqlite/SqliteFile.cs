using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>Where a database file lies.</summary>
internal static class SqliteFile
{
    private static readonly string[] Extensions = [".db", ".db3", ".sqlite", ".sqlite3"];

    public static bool LooksRooted(string text) =>
        Path.IsPathRooted(text) || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith("../", StringComparison.Ordinal)
        || text.StartsWith("~/", StringComparison.Ordinal) || (text.Length > 2 && char.IsAsciiLetter(text[0]) && text[1] == ':' && text[2] is '\\' or '/');

    // A bare word may be a misspelt anything, and "user:secret@host/db" must not become a folder.
    public static bool LooksLikePath(string text) =>
        text == ":memory:" || LooksRooted(text)
        || (Extensions.Contains(Path.GetExtension(text), StringComparer.OrdinalIgnoreCase) && !text.Contains('@', StringComparison.Ordinal) && !text.Contains("://", StringComparison.Ordinal));

    public static string ConnectionString(string path) => new SqliteConnectionStringBuilder { DataSource = Path.GetFullPath(path) }.ConnectionString;

    public static bool TryName(string path, [NotNullWhen(true)] out string? connectionString, [NotNullWhen(false)] out string? fault)
    {
        connectionString = null;
        fault = FaultOf(path);
        if (fault is null)
        {
            connectionString = ConnectionString(Expand(path));
        }

        return fault is null;
    }

    public static bool TryReadConnectionString(string text, [NotNullWhen(true)] out string? connectionString, [NotNullWhen(false)] out string? fault)
    {
        SqliteConnectionStringBuilder builder = new(text);
        fault = builder.Mode == SqliteOpenMode.Memory ? FaultOf(":memory:") : FaultOf(builder.DataSource);
        connectionString = null;
        if (fault is null)
        {
            // A relative path would name another file after a change of the working directory.
            builder.DataSource = Path.GetFullPath(Expand(builder.DataSource));
            connectionString = builder.ConnectionString;
        }

        return fault is null;
    }

    public static string DefaultPath() => Path.Combine(PrivateFolder.Default(), "jarvis.db");

    /// <summary>Creates the folder of the file, readable by its owner only.</summary>
    public static void CreateFolder(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        if (!string.IsNullOrEmpty(folder))
        {
            PrivateFolder.Create(folder);
        }
    }

    private static string? FaultOf(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            return "names no file.";
        }

        if (path.Contains(":memory:", StringComparison.Ordinal))
        {
            return "names a database in memory, which no second connection can see: the kill switch and the ledger need a file.";
        }

        if (path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return "names a file by a URI; a plain path is wanted.";
        }

        return Path.EndsInDirectorySeparator(path) || Directory.Exists(Expand(path)) ? "names a folder instead of a file." : null;
    }

    private static string Expand(string path) =>
        path.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..])
            : path;
}
