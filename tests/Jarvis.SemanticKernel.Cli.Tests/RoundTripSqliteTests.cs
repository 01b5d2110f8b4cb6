namespace Jarvis.SemanticKernel.Cli.Tests;

public sealed class RoundTripSqliteTests : RoundTripTests
{
    protected override Task<string> CreateDatabaseAsync(string folder) => Task.FromResult(Path.Combine(folder, "jarvis.db"));

    protected override ValueTask DropDatabaseAsync() => ValueTask.CompletedTask;
}
