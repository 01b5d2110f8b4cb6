namespace Jarvis.SemanticKernel.Tests.Fixtures;

/// <summary>A server of one test class, which may do to it what the other tests could not bear.</summary>
public sealed class OwnPostgresServer : IAsyncLifetime
{
    private LocalPostgres? _server;

    internal LocalPostgres Server => _server!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(LocalPostgres.FindBinFolder() is null, "No PostgreSQL binaries here.");
        _server = await LocalPostgres.TryStartAsync();
    }

    public async Task<PostgresDatabase> CreateDatabaseAsync()
    {
        string name = $"test_{Guid.NewGuid():N}";
        await new PostgresDatabase(Server.ConnectionString, Server.ConnectionString).ExecuteAsync($"CREATE DATABASE {name}");
        return new PostgresDatabase(Server.ConnectionString.Replace("Database=postgres", $"Database={name}", StringComparison.Ordinal), Server.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
