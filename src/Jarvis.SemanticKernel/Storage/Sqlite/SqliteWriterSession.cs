using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>The connection that the writer keeps open, and the statements prepared on it.</summary>
internal sealed class SqliteWriterSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> _statements = [];

    public SqliteConnection Connection => connection;

    public SqliteStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out SqliteStatement? statement))
        {
            statement = new SqliteStatement(connection, sql);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    public void InTransaction(Action<SqliteWriterSession> write)
    {
        // IMMEDIATE: other processes' writers wait here and not in the middle, where one of two would have to give up.
        Statement("BEGIN IMMEDIATE").Run();
        try
        {
            write(this);
            Statement("COMMIT").Run();
        }
        catch
        {
            // Some failures have ended the transaction already.
            if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                Statement("ROLLBACK").Run();
            }

            throw;
        }
    }

    public void Dispose()
    {
        foreach (SqliteStatement statement in _statements.Values)
        {
            statement.Dispose();
        }

        connection.Dispose();
    }
}
