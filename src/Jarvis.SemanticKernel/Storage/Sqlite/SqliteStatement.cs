using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>
/// A statement that stays prepared. Values are bound by their place and written straight into the library: the driver's commands look every parameter up by name and
/// box its value, which costs more than the insert itself.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly byte[] _utf8 = new byte[4096];
    private int _bound;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public SqliteStatement Bind(string? text)
    {
        if (text is null)
        {
            Check(raw.sqlite3_bind_null(_statement, ++_bound));
            return this;
        }

        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[] utf8 = most <= _utf8.Length ? _utf8 : new byte[most];
        return BindText(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)));
    }

    /// <summary>Binds the value as the text that it is in <paramref name="format"/>.</summary>
    public SqliteStatement Bind<T>(T value, string format)
        where T : IUtf8SpanFormattable =>
        value.TryFormat(_utf8, out int length, format, provider: null)
            ? BindText(_utf8.AsSpan(0, length))
            : throw new ArgumentException($"A {typeof(T).Name} is longer than {_utf8.Length} bytes in the format '{format}'.", nameof(format));

    public SqliteStatement Bind(long? number)
    {
        Check(number is { } value ? raw.sqlite3_bind_int64(_statement, ++_bound, value) : raw.sqlite3_bind_null(_statement, ++_bound));
        return this;
    }

    /// <summary>Runs the statement with the values bound since the last run. Returns the first column of its first row, or null where there is none.</summary>
    public long? Run()
    {
        try
        {
            int result = raw.sqlite3_step(_statement);
            if (result == raw.SQLITE_DONE)
            {
                return null;
            }

            Check(result == raw.SQLITE_ROW ? raw.SQLITE_OK : result);
            long value = raw.sqlite3_column_int64(_statement, 0);

            // To its end: a statement that is left in the middle keeps the transaction from being committed.
            while (result == raw.SQLITE_ROW)
            {
                result = raw.sqlite3_step(_statement);
            }

            Check(result == raw.SQLITE_DONE ? raw.SQLITE_OK : result);
            return value;
        }
        finally
        {
            _bound = 0;

            // Says once more what step said.
            _ = raw.sqlite3_reset(_statement);
        }
    }

    public void Dispose() => _statement.Dispose();

    private SqliteStatement BindText(ReadOnlySpan<byte> utf8)
    {
        // To the library an empty span is no text at all.
        Check(utf8.IsEmpty ? raw.sqlite3_bind_text(_statement, ++_bound, string.Empty) : raw.sqlite3_bind_text(_statement, ++_bound, utf8));
        return this;
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
