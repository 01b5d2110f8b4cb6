using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Benchmarks.Measuring;
using Jarvis.SemanticKernel.Storage;
using Jarvis.SemanticKernel.Storage.Postgres;
using Jarvis.SemanticKernel.Storage.Sqlite;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Npgsql;

namespace Jarvis.SemanticKernel.Benchmarks.Throughput;

/// <summary>A PostgreSQL server of this run's own, with fsync on, and a folder for SQLite files. Both are gone afterwards.</summary>
internal sealed class Databases : IAsyncDisposable
{
    private readonly LocalPostgres _server;
    private readonly DirectoryInfo _folder;

    private Databases(LocalPostgres server, NpgsqlDataSource postgres, string description, int? serverProcess)
    {
        (_server, Postgres, Description, ServerProcess) = (server, postgres, description, serverProcess);
        _folder = Directory.CreateTempSubdirectory("jarvis-benchmarks-");
        SqlitePath = Path.Combine(_folder.FullName, "jarvis.db");
    }

    /// <summary>Gets the way to PostgreSQL for those who use it without this package.</summary>
    public NpgsqlDataSource Postgres { get; }

    public string PostgresSetting => _server.ConnectionString;

    public string SqlitePath { get; }

    /// <summary>Gets the version of the server and how it commits.</summary>
    public string Description { get; }

    public int? ServerProcess { get; }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The result disposes of it.")]
    public static async Task<Databases> StartAsync()
    {
        LocalPostgres server = await LocalPostgres.TryStartAsync().ConfigureAwait(false)
            ?? throw new InvalidOperationException("No PostgreSQL: these measurements need the server's own binaries (initdb, pg_ctl) on this machine.");
        NpgsqlDataSource postgres = NpgsqlDataSource.Create($"{server.ConnectionString};Maximum Pool Size=150");
        NpgsqlConnection connection = await postgres.OpenConnectionAsync().ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            using NpgsqlCommand ask = new(
                "SELECT format('PostgreSQL %s on the same machine, fsync %s, synchronous_commit %s', split_part(current_setting('server_version'), ' ', 1), current_setting('fsync'), current_setting('synchronous_commit'))",
                connection);
            var description = (string)(await ask.ExecuteScalarAsync().ConfigureAwait(false))!;
            return new Databases(server, postgres, description, OtherProcesses.ParentOf(connection.ProcessID));
        }
    }

    /// <summary>The package's own way to PostgreSQL, with the tables in place.</summary>
    public async Task<(PostgresConnections Connections, PostgresJarvisDatabase Database)> OpenPostgresAsync()
    {
        DatabaseTarget target = new(DatabaseKind.Postgres, PostgresSetting, "benchmark", AutoMigrate: true);
        PostgresConnections connections = new(target, listenTarget: null, TimeSpan.FromMinutes(1), new KillSwitchOptions().ReadTimeout);
        PostgresJarvisDatabase database = new(target, connections);
        await database.EnsureReadyAsync().ConfigureAwait(false);
        return (connections, database);
    }

    /// <summary>The same for SQLite, with a file of its own.</summary>
    public async Task<(SqliteConnections Connections, SqliteJarvisDatabase Database)> OpenSqliteAsync(string name)
    {
        DatabaseTarget target = new(DatabaseKind.Sqlite, SqliteFile.ConnectionString(Path.Combine(_folder.FullName, name)), "benchmark", AutoMigrate: true);
        SqliteConnections connections = new(target);
        SqliteJarvisDatabase database = new(target, connections);
        await database.EnsureReadyAsync().ConfigureAwait(false);
        return (connections, database);
    }

    /// <summary>Empties the tables, so that every comparison begins alike.</summary>
    public async Task ClearPostgresAsync()
    {
        using NpgsqlCommand clear = Postgres.CreateCommand("TRUNCATE ai_calls, jarvis.call_details");
        await clear.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await Postgres.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        _folder.Delete(recursive: true);
    }
}
