using System.Data.Common;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Storage;
using Jarvis.SemanticKernel.Storage.Postgres;
using Jarvis.SemanticKernel.Storage.Schema;
using Jarvis.SemanticKernel.Storage.Sqlite;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.Storage.Postgres;
using Jarvis.SemanticKernel.Tests.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Jarvis.SemanticKernel.Tests.Storage;

public sealed class SchemaTests(PostgresServer server)
{
    [Fact]
    public void Migrations_Postgres_AreWhatTheModelSays() => AssertNothingPending(PostgresSchemaContext.WithoutDatabase(), PostgresSchemaContext.NewestMigration);

    [Fact]
    public void Migrations_Sqlite_AreWhatTheModelSays() => AssertNothingPending(SqliteSchemaContext.WithoutDatabase(), SqliteSchemaContext.NewestMigration);

    [Fact]
    public async Task DocsSchemaPostgres_IsTheScriptOfThisVersion() => await AssertCommittedAsync("postgres.sql", database => database.GetScript());

    [Fact]
    public async Task DocsSchemaPostgresRoles_IsTheScriptOfThisVersion() => await AssertCommittedAsync("postgres-roles.sql", database => database.GetRolesScript());

    private static async Task AssertCommittedAsync(string file, Func<IJarvisDatabase, string> write)
    {
        await using PostgresConnections connections = new(new(DatabaseKind.Postgres, "Host=nowhere", "test", AutoMigrate: false), listenTarget: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        string script = write(new PostgresJarvisDatabase(new(DatabaseKind.Postgres, "Host=nowhere", "test", AutoMigrate: false), connections));
        string path = Path.Combine(RepositoryRoot(), "docs", "schema", file);
        string committed = File.Exists(path) ? await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) : "";
        if (script != committed)
        {
            string wanted = Path.Combine(AppContext.BaseDirectory, file);
            await File.WriteAllTextAsync(wanted, script, TestContext.Current.CancellationToken);
            Assert.Fail($"docs/schema/{file} is not the script of this version: copy it from {wanted}.");
        }
    }

    [Fact]
    public async Task EnsureReadyAsync_FileOfTheVersionBeforeScopes_KeepsTheSwitchAndProtectsItsAudit()
    {
        await using SqliteStorage storage = new();
        Directory.CreateDirectory(Path.GetDirectoryName(storage.FilePath)!);
        await using (SqliteConnection file = new($"Data Source={storage.FilePath};Pooling=false"))
        {
            await file.OpenAsync(TestContext.Current.CancellationToken);
        }

        using (SqliteSchemaContext context = SqliteSchemaContext.WithoutDatabase())
        {
            await storage.ScalarAsync(context.GetService<IMigrator>().GenerateScript(toMigration: "KillSwitchPush"));
        }

        await AssertUpgradedAsync(storage);
    }

    [Fact]
    public async Task EnsureReadyAsync_DatabaseOfTheVersionBeforeScopes_KeepsTheSwitchAndProtectsItsAudit()
    {
        PostgresDatabase database = await server.CreateDatabaseAsync();
        await using PostgresStorage storage = new(database);
        await using (PostgresSchemaContext context = PostgresSchemaContext.WithoutDatabase())
        {
            await database.ExecuteAsync(context.GetService<IMigrator>().GenerateScript(toMigration: "KillSwitchPush"));
        }

        await AssertUpgradedAsync(storage);
    }

    private static async Task AssertUpgradedAsync(StorageUnderTest storage)
    {
        await storage.ScalarAsync("""INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true}'), ('kill_switch:goal:1', '{"active":false}'), ('mood', '1')""");
        await storage.ScalarAsync("INSERT INTO kill_switch_audit (action, reason, triggered_by) VALUES ('activate', 'why', 'cli')");

        KillSwitchRows before = new(3, [new("kill_switch", null, null, 3), new("kill_switch:goal:1", null, null, 0)]);
        await storage.Switch.PrepareAsync(TestContext.Current.CancellationToken);

        KillSwitchRows rows = await storage.Switch.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(before.Version, rows.Version);
        Assert.Equal(before.Rows.Select(row => (row.Key, row.ActivatedIn)), rows.Rows.OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => (row.Key, row.ActivatedIn)));
        await Assert.ThrowsAnyAsync<DbException>(() => storage.ScalarAsync("DELETE FROM kill_switch_audit"));
    }

    private static void AssertNothingPending(SchemaContext context, string newest)
    {
        using (context)
        {
            Assert.False(context.Database.HasPendingModelChanges());
            Assert.Equal(context.Database.GetMigrations().Max(), newest);
        }
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Jarvis.SemanticKernel.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
