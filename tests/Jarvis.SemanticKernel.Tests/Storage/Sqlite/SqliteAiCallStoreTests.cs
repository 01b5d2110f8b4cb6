namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

public sealed class SqliteAiCallStoreTests : AiCallStoreContract
{
    protected override Task<StorageUnderTest> OpenAsync() => Task.FromResult<StorageUnderTest>(new SqliteStorage());
}
