using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

public sealed class PostgresSpendReportTests(PostgresServer server) : SpendReportContract
{
    protected override async Task<StorageUnderTest> OpenAsync() => new PostgresStorage(await server.CreateDatabaseAsync());

    protected override async Task FoldAsync(StorageUnderTest storage) => Assert.Equal(true, await storage.ScalarAsync("SELECT jarvis.compact_spend()"));
}
