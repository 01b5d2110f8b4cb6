using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Cli.Tests;

public sealed class ReconcilePostgresTests(PostgresServer server) : ReconcileTests
{
    private PostgresDatabase? _database;

    protected override async Task<string> CreateDatabaseAsync(string folder)
    {
        _database = await server.CreateDatabaseAsync();
        return _database.ConnectionString;
    }

    protected override ValueTask DropDatabaseAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;
}
