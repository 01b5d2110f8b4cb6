namespace Jarvis.SemanticKernel.Cli.Tests;

public sealed class ReconcileSqliteTests : ReconcileTests
{
    protected override Task<string> CreateDatabaseAsync(string folder) => Task.FromResult(Path.Combine(folder, "jarvis.db"));

    protected override ValueTask DropDatabaseAsync() => ValueTask.CompletedTask;
}
