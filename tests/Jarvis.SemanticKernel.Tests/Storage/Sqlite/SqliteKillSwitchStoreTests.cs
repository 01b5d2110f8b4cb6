namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

public sealed class SqliteKillSwitchStoreTests : KillSwitchStoreContract
{
    protected override Task<StorageUnderTest> OpenAsync() => Task.FromResult<StorageUnderTest>(new SqliteStorage());
}
