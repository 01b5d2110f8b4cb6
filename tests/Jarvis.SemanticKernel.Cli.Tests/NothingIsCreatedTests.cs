using Jarvis.SemanticKernel.Cli.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary>Only <c>db migrate</c> creates anything.</summary>
public sealed class NothingIsCreatedTests(PostgresServer server) : IDisposable
{
    private readonly CommandLine _jarvis = new();

    public static TheoryData<string> Commands() => ["kill|why", "resume|why", "status", "audit", "doctor"];

    public void Dispose() => _jarvis.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task MissingFile_IsSaidAndNotCreated(string command)
    {
        string file = Path.Combine(_jarvis.Folder, "missing", "jarvis.db");
        CliResult result = await _jarvis.RunAsync([.. command.Split('|'), "--database", file]);

        Assert.Equal(command == "doctor" ? 4 : 1, result.ExitCode);
        Assert.Contains($"SQLite file {file} (from --database) does not exist. Run 'jarvis db migrate'", result.All, StringComparison.Ordinal);
        Assert.DoesNotContain("AutoMigrate", result.All, StringComparison.Ordinal);
        Assert.Empty(_jarvis.FilesAtHome);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task MissingDefaultFile_IsSaidAndNotCreated(string command)
    {
        CliResult result = await _jarvis.RunAsync(command.Split('|'));

        Assert.Equal(command == "doctor" ? 4 : 1, result.ExitCode);
        Assert.Contains("(from the default) does not exist", result.All, StringComparison.Ordinal);
        Assert.Empty(_jarvis.FilesAtHome);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task DatabaseWithoutSchema_IsSaidAndLeftAsItIs(string command)
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        string before = await database.DumpAsync();
        CliResult result = await _jarvis.RunAsync([.. command.Split('|'), "--database", database.ConnectionString]);

        Assert.Equal(command == "doctor" ? 4 : 1, result.ExitCode);
        Assert.Contains("'jarvis db migrate'", result.All, StringComparison.Ordinal);
        Assert.DoesNotContain("AutoMigrate", result.All, StringComparison.Ordinal);
        Assert.Equal(before, await database.DumpAsync());
    }

    [Fact]
    public async Task MissingPostgresDatabase_IsCreatedByMigrateOnly()
    {
        await using PostgresDatabase there = await server.CreateDatabaseAsync();
        string missing = $"{there.Name}_more";
        string setting = there.ConnectionString.Replace(there.Name, missing, StringComparison.Ordinal);
        string ask = $"SELECT count(*) FROM pg_database WHERE datname = '{missing}'";

        CliResult kill = await _jarvis.RunAsync("kill", "why", "-d", setting);
        string? afterKill = await there.TextAsync(ask);
        CliResult migrate = await _jarvis.RunAsync("db", "migrate", "-d", setting);
        string? afterMigrate = await there.TextAsync(ask);
        await there.ExecuteAsync($"DROP DATABASE IF EXISTS {missing} WITH (FORCE)");

        Assert.Equal((1, "0"), (kill.ExitCode, afterKill));
        Assert.Contains("does not exist", kill.Error, StringComparison.Ordinal);
        Assert.Equal((0, "1"), (migrate.ExitCode, afterMigrate));
    }

    [Fact]
    public async Task DatabaseUrl_PostgresIsTakenAndAnythingElseIsNot()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        _jarvis.Environment["DATABASE_URL"] = database.ConnectionString;
        CliResult postgres = await _jarvis.RunAsync("status");
        _jarvis.Environment["DATABASE_URL"] = "mysql://somebody@db.example/theirs";
        CliResult other = await _jarvis.RunAsync("status");

        Assert.Contains($"PostgreSQL database {database.Name}", postgres.Error, StringComparison.Ordinal);
        Assert.Contains("(from DATABASE_URL)", postgres.Error, StringComparison.Ordinal);
        Assert.Contains("(from the default)", other.Error, StringComparison.Ordinal);
    }
}
