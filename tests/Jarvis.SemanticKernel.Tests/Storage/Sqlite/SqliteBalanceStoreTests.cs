namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

public sealed class SqliteBalanceStoreTests : BalanceStoreContract
{
    protected override Task<StorageUnderTest> OpenAsync() => Task.FromResult<StorageUnderTest>(new SqliteStorage());
}
