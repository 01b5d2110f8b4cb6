using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Jarvis.SemanticKernel.Benchmarks.Throughput;

/// <summary>One durable commit and nothing else: one small row, prepared, on a connection of its own.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "Used until the run is over.")]
internal static class BareCommit
{
    public static async Task<Func<Task>> OnPostgresAsync(NpgsqlDataSource source)
    {
        using (NpgsqlCommand create = source.CreateCommand("CREATE TABLE IF NOT EXISTS bare (id uuid)"))
        {
            await create.ExecuteNonQueryAsync().ConfigureAwait(false);
        }

        NpgsqlConnection connection = await source.OpenConnectionAsync().ConfigureAwait(false);
        NpgsqlParameter<Guid> id = new();
        NpgsqlCommand insert = new("INSERT INTO bare (id) VALUES ($1)", connection) { Parameters = { id } };
        await insert.PrepareAsync().ConfigureAwait(false);
        return () =>
        {
            id.TypedValue = Guid.NewGuid();
            return insert.ExecuteNonQueryAsync();
        };
    }

    [SuppressMessage("Performance", "CA1849:Call async methods when in an async method", Justification = "The driver's asynchronous methods are these.")]
    public static Func<Task> OnSqlite(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand create = connection.CreateCommand();
        create.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS bare (id TEXT)";
        create.ExecuteNonQuery();
        SqliteCommand insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO bare (id) VALUES ('00000000-0000-0000-0000-000000000000')";
        return () =>
        {
            insert.ExecuteNonQuery();
            return Task.CompletedTask;
        };
    }
}
