namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

public sealed class SqliteCallCorrectionTests : CallCorrectionContract
{
    protected override Task<StorageUnderTest> OpenAsync() => Task.FromResult<StorageUnderTest>(new SqliteStorage());
}
