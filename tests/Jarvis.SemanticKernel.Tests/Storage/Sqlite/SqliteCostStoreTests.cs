namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

public sealed class SqliteCostStoreTests : CostStoreContract
{
    protected override Task<StorageUnderTest> OpenAsync() => Task.FromResult<StorageUnderTest>(new SqliteStorage());
}
