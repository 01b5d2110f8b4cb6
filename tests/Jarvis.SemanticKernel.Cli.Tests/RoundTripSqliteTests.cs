using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Cli.Tests;

public sealed class RoundTripSqliteTests : RoundTripTests
{
    private string _file = "";

    protected override Task<string> CreateDatabaseAsync(string folder) => Task.FromResult(_file = Path.Combine(folder, "jarvis.db"));

    protected override ValueTask DropDatabaseAsync() => ValueTask.CompletedTask;

    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The tests write their own SQL.")]
    protected override async Task ExecuteAsync(string sql)
    {
        await using SqliteConnection connection = new($"Data Source={_file};Pooling=false");
        await connection.OpenAsync();
        await using SqliteCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
