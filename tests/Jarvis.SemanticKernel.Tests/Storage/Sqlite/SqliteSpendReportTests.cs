namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

public sealed class SqliteSpendReportTests : SpendReportContract
{
    protected override Task<StorageUnderTest> OpenAsync() => Task.FromResult<StorageUnderTest>(new SqliteStorage());
}
