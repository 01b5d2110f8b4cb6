using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Cli.Tests;

public sealed class RoundTripPostgresTests(PostgresServer server) : RoundTripTests
{
    private PostgresDatabase? _database;

    protected override async Task<string> CreateDatabaseAsync(string folder)
    {
        _database = await server.CreateDatabaseAsync();
        return _database.ConnectionString;
    }

    protected override ValueTask DropDatabaseAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override Task ExecuteAsync(string sql) => _database!.ExecuteAsync(sql);
}
