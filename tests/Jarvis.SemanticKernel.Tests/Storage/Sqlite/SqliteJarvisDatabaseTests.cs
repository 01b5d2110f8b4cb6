using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

public sealed class SqliteJarvisDatabaseTests
{
    [Fact]
    public async Task EnsureReadyAsync_FourProcessesAtOnce_MigrateOnce()
    {
        await using SqliteStorage storage = new();
        StorageUnderTest[] others = [.. Enumerable.Range(0, 4).Select(_ => storage.OpenAgain())];
        await Task.WhenAll(others.Select(other => Task.Run(() => other.Database.EnsureReadyAsync(TestContext.Current.CancellationToken).AsTask())));
        await storage.Database.MigrateAsync(TestContext.Current.CancellationToken);

        Assert.Equal(6, await storage.CountAsync("jarvis_migrations_history"));
        Assert.Equal(0, await storage.CountAsync("sqlite_master WHERE name = '__EFMigrationsLock'"));
        Assert.Equal("wal", await storage.ScalarAsync("PRAGMA journal_mode"));
        foreach (StorageUnderTest other in others)
        {
            await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task EnsureReadyAsync_WithoutAutoMigrate_CreatesNothingAndSaysWhatToDo()
    {
        string path = Path.Combine(Path.GetTempPath(), $"jarvis-test-{Guid.NewGuid():N}", "jarvis.db");
        await using SqliteStorage storage = new(path, autoMigrate: false);
        JarvisDatabaseException exception = await Assert.ThrowsAsync<JarvisDatabaseException>(
            () => storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains("AutoMigrate", exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public async Task EnsureReadyAsync_ForeignTable_IsRefusedWithTheDifferenceAndNothingChanges()
    {
        await using SqliteStorage storage = new();
        Directory.CreateDirectory(Path.GetDirectoryName(storage.FilePath)!);
        await using (SqliteConnection file = new($"Data Source={storage.FilePath};Pooling=false"))
        {
            await file.OpenAsync(TestContext.Current.CancellationToken);
        }

        await storage.ScalarAsync("CREATE TABLE revenue (id INTEGER PRIMARY KEY, amount REAL NOT NULL, amount_usd REAL)");
        JarvisDatabaseException exception = await Assert.ThrowsAsync<JarvisDatabaseException>(
            () => storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Contains("table revenue, column strategy_id: expected TEXT, found no such column", exception.Message, StringComparison.Ordinal);
        Assert.Contains("column amount_usd: expected INTEGER, found REAL", exception.Message, StringComparison.Ordinal);
        Assert.Contains("column amount: ", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, await storage.CountAsync("sqlite_master"));

        // The next to ask starts anew.
        await storage.ScalarAsync("DROP TABLE revenue");
        await storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, await storage.CountAsync("revenue"));
    }

    [Fact]
    public async Task EnsureReadyAsync_FileOfAnotherKind_SaysSo()
    {
        await using SqliteStorage storage = new();
        Directory.CreateDirectory(Path.GetDirectoryName(storage.FilePath)!);
        await File.WriteAllTextAsync(storage.FilePath, new string('x', 5000), TestContext.Current.CancellationToken);
        JarvisDatabaseException exception = await Assert.ThrowsAsync<JarvisDatabaseException>(
            () => storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Contains(storage.FilePath, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetScript_RunTwice_IsTheMigration()
    {
        await using SqliteStorage migrated = new();
        await using SqliteStorage scripted = new();
        await migrated.Database.EnsureReadyAsync(TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(scripted.FilePath)!);
        await using (SqliteConnection file = new($"Data Source={scripted.FilePath};Pooling=false"))
        {
            await file.OpenAsync(TestContext.Current.CancellationToken);
            await using SqliteCommand command = file.CreateCommand();
            command.CommandText = scripted.Database.GetScript();
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        const string Everything = "SELECT group_concat(name || type) FROM (SELECT name, type FROM sqlite_master ORDER BY name)";
        Assert.Equal(await migrated.ScalarAsync(Everything), await scripted.ScalarAsync(Everything));
        Assert.Equal(6, await scripted.CountAsync("jarvis_migrations_history"));
    }

    [Fact]
    public async Task ReadAsync_WhileAnotherProcessWrites_DoesNotWait()
    {
        await using SqliteStorage storage = new();
        await storage.Switch.PrepareAsync(TestContext.Current.CancellationToken);
        using SemaphoreSlim written = new(0);
        using ManualResetEventSlim mayCommit = new();
        Task writing = storage.Connections.WriteAsync(
            (connection, transaction) =>
            {
                using SqliteCommand command = new("INSERT INTO agent_state (key, value) VALUES ('kill_switch', '1')", connection, transaction);
                command.ExecuteNonQuery();
                written.Release();
                mayCommit.Wait();
            },
            TestContext.Current.CancellationToken);
        await written.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            Assert.Null(Assert.Single((await storage.Switch.ReadAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Rows).Value);
        }
        finally
        {
            mayCommit.Set();
            await writing;
        }

        Assert.Equal("1", Assert.Single((await storage.Switch.ReadAsync(TestContext.Current.CancellationToken)).Rows).Value);
    }
}
