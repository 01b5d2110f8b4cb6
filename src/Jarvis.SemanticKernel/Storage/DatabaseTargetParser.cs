using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Storage.Postgres;
using Jarvis.SemanticKernel.Storage.Sqlite;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage;

/// <summary>Reads the text of a database setting. No part of the text goes into a fault: any part of a mistyped setting may be the password.</summary>
internal static class DatabaseTargetParser
{
    private const string Allowed = "Allowed are a postgres:// or postgresql:// URL, an Npgsql connection string (Host=…;Database=…), a SQLite connection string (Data Source=…) "
        + "or the path of a SQLite file.";

    private static readonly string[] SqliteKeywords = ["data source", "datasource", "filename"];

    public static bool TryParse(
        string text,
        string source,
        bool autoMigrate,
        [NotNullWhen(true)] out DatabaseTarget? target,
        [NotNullWhen(false)] out string? fault)
    {
        text = text.Trim();
        target = null;
        string? connectionString;
        DatabaseKind kind;
        if (PostgresUrl.IsPostgresUrl(text))
        {
            kind = DatabaseKind.Postgres;
            PostgresUrl.TryConvert(text, out connectionString, out fault);
        }
        else if (text.StartsWith("sqlite:", StringComparison.OrdinalIgnoreCase))
        {
            kind = DatabaseKind.Sqlite;
            string path = text["sqlite:".Length..];
            SqliteFile.TryName(path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path, out connectionString, out fault);
        }
        else if (!SqliteFile.LooksRooted(text) && text.Contains('=', StringComparison.Ordinal))
        {
            kind = ReadKeywords(text, out connectionString, out fault);
        }
        else
        {
            kind = DatabaseKind.Sqlite;
            connectionString = null;
            fault = "is neither a database URL nor a connection string nor the path of a file.";
            if (SqliteFile.LooksLikePath(text))
            {
                SqliteFile.TryName(text, out connectionString, out fault);
            }
        }

        if (connectionString is null)
        {
            fault = $"{source} {fault} {Allowed}";
            return false;
        }

        fault = null;
        target = new DatabaseTarget(kind, connectionString, source, autoMigrate);
        return true;
    }

    /// <summary>The file used when no setting names a database.</summary>
    public static DatabaseTarget Default(bool autoMigrate) =>
        new(DatabaseKind.Sqlite, SqliteFile.ConnectionString(SqliteFile.DefaultPath()), "the default", autoMigrate);

    private static DatabaseKind ReadKeywords(string text, out string? connectionString, out string? fault)
    {
        connectionString = null;
        try
        {
            DbConnectionStringBuilder keywords = new() { ConnectionString = text };
            if (SqliteKeywords.Any(keywords.ContainsKey))
            {
                SqliteFile.TryReadConnectionString(text, out connectionString, out fault);
                return DatabaseKind.Sqlite;
            }

            NpgsqlConnectionStringBuilder postgres = new(text);
            fault = "names no host.";
            connectionString = string.IsNullOrWhiteSpace(postgres.Host) ? null : postgres.ConnectionString;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // The driver's message quotes the keyword, which is a piece of the password when the password holds an unquoted semicolon.
            fault = "is not a connection string that can be read. A value with a semicolon or an equals sign must stand in quotes.";
        }

        return DatabaseKind.Postgres;
    }
}
