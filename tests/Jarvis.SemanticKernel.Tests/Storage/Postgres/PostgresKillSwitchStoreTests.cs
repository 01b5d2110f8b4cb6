using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

public sealed class PostgresKillSwitchStoreTests(PostgresServer server) : KillSwitchStoreContract
{
    protected override async Task<StorageUnderTest> OpenAsync() => new PostgresStorage(await server.CreateDatabaseAsync());
}
