using Jarvis.SemanticKernel.Storage;
using Jarvis.SemanticKernel.Storage.Postgres;
using Jarvis.SemanticKernel.Storage.Schema;
using Jarvis.SemanticKernel.Storage.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Jarvis.SemanticKernel.Tests.Storage;

public sealed class SchemaTests
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
        await using PostgresConnections connections = new(new(DatabaseKind.Postgres, "Host=nowhere", "test", AutoMigrate: false));
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
