namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

public sealed class SqliteProcessStoreTests : ProcessStoreContract
{
    protected override string Table => "jarvis_processes";

    protected override Task<StorageUnderTest> OpenAsync() => Task.FromResult<StorageUnderTest>(new SqliteStorage());
}
