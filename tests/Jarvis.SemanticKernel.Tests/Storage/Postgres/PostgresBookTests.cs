using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

public sealed class PostgresBookTests(PostgresServer server) : BookContract
{
    protected override async Task<StorageUnderTest> OpenAsync() => new PostgresStorage(await server.CreateDatabaseAsync());
}
