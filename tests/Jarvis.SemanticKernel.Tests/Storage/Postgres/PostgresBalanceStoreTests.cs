using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

public sealed class PostgresBalanceStoreTests(PostgresServer server) : BalanceStoreContract
{
    protected override async Task<StorageUnderTest> OpenAsync() => new PostgresStorage(await server.CreateDatabaseAsync());
}
