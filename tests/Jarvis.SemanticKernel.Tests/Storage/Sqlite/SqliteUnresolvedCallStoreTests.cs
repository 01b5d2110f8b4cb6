namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

public sealed class SqliteUnresolvedCallStoreTests : UnresolvedCallStoreContract
{
    protected override Task<StorageUnderTest> OpenAsync() => Task.FromResult<StorageUnderTest>(new SqliteStorage());
}
