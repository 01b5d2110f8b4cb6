namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

public sealed class SqliteBookTests : BookContract
{
    protected override Task<StorageUnderTest> OpenAsync() => Task.FromResult<StorageUnderTest>(new SqliteStorage());
}
