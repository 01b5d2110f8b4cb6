using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>
/// The ways to the file. The driver has no asynchronous input and output, so reading happens on the thread pool's threads, and writing on a thread of its own.
/// </summary>
internal sealed class SqliteConnections : IDisposable
{
    private static readonly TimeSpan WriterIdleLimit = TimeSpan.FromSeconds(30);

    private readonly string _connectionString;
    private readonly string _creating;
    private readonly SqliteWriter _writer;

    public SqliteConnections(DatabaseTarget target, TimeSpan? writerIdleLimit = null)
    {
        SqliteConnectionStringBuilder builder = new(target.ConnectionString);
        Path = System.IO.Path.GetFullPath(builder.DataSource);
        builder.Mode = SqliteOpenMode.ReadWriteCreate;
        _creating = builder.ConnectionString;

        // A misspelt path must not leave an empty database behind whenever somebody looks at it.
        builder.Mode = SqliteOpenMode.ReadWrite;
        _connectionString = builder.ConnectionString;

        // A pooled connection would outlive the writer that closes it.
        string writing = new SqliteConnectionStringBuilder(_connectionString) { Pooling = false }.ConnectionString;
        _writer = new SqliteWriter(() => Open(writing), writerIdleLimit ?? WriterIdleLimit);
        Description = $"SQLite file {Path} (from {target.Source})";
    }

    public string Path { get; }

    public string Description { get; }

    /// <summary>Never waits for a writer: the file is in WAL mode.</summary>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using SqliteConnection connection = Open(_connectionString);
            return read(connection);
        },
        cancellationToken);

    /// <summary>Runs <paramref name="write"/> in one transaction on the writer's thread. The token ends the waiting for its turn, not the writing.</summary>
    public Task WriteAsync(Action<SqliteWriterSession> write, CancellationToken cancellationToken) =>
        _writer.RunAsync(session => session.InTransaction(write), cancellationToken);

    /// <summary>The same for the driver's own commands.</summary>
    public Task WriteAsync(Action<SqliteConnection, SqliteTransaction> write, CancellationToken cancellationToken) => _writer.RunAsync(
        session =>
        {
            using SqliteTransaction transaction = session.Connection.BeginTransaction(deferred: false);
            write(session.Connection, transaction);
            transaction.Commit();
        },
        cancellationToken);

    /// <summary>Opens the file, creating it and its folder where they are missing.</summary>
    public SqliteConnection Create()
    {
        SqliteFile.CreateFolder(Path);
        SqliteConnection connection = Open(_creating);
        try
        {
            // Stays with the file.
            Execute(connection, "PRAGMA journal_mode = WAL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        ClearPool(_connectionString);
        ClearPool(_creating);
    }

    private static SqliteConnection Open(string connectionString)
    {
        SqliteConnection connection = new(connectionString);
        try
        {
            connection.Open();

            // FULL: a commit in WAL mode is on the disk when it returns.
            Execute(connection, "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Execute(SqliteConnection connection, string pragma)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Two constants above.
        command.CommandText = pragma;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static void ClearPool(string connectionString)
    {
        using SqliteConnection connection = new(connectionString);
        SqliteConnection.ClearPool(connection);
    }
}
