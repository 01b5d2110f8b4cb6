using Jarvis.SemanticKernel.Cli.Tests.Fixtures;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Cli.Tests;

public sealed class ScriptForSqliteTests : IDisposable
{
    private readonly CommandLine _jarvis = new();

    public void Dispose() => _jarvis.Dispose();

    [Fact]
    public async Task AppliedTwice_EqualsMigrate()
    {
        string migrated = Path.Combine(_jarvis.Folder, "migrated.db");
        string scripted = Path.Combine(_jarvis.Folder, "scripted.db");
        await _jarvis.RunAsync("db", "migrate", "-d", migrated);
        CliResult script = await _jarvis.RunAsync("db", "script", "--sqlite");

        Execute(scripted, script.Output);
        Execute(scripted, script.Output);

        Assert.Equal(Objects(migrated), Objects(scripted));
        Assert.Equal(0, (await _jarvis.RunAsync("status", "-d", scripted)).ExitCode);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("sqlite")]
    public async Task Script_NeedsAndCreatesNoDatabase(string engine)
    {
        string[] command = engine == "sqlite" ? ["db", "script", "--sqlite", "--json"] : ["db", "script", "--json"];
        CliResult script = await _jarvis.RunAsync(command);

        Assert.Equal(0, script.ExitCode);
        Assert.Equal(engine, script.Document.GetProperty("engine").GetString());
        Assert.Contains("kill_switch_audit", script.Document.GetProperty("sql").GetString(), StringComparison.Ordinal);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, script.Document.GetProperty("database").ValueKind);
        Assert.Empty(_jarvis.FilesAtHome);
    }

    private static void Execute(string file, string sql)
    {
        using SqliteConnection connection = new($"Data Source={file}");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The program's own script.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static List<string> Objects(string file)
    {
        using SqliteConnection connection = new($"Data Source={file}");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT type || ' ' || name FROM sqlite_master ORDER BY 1";
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> objects = [];
        while (reader.Read())
        {
            objects.Add(reader.GetString(0));
        }

        return objects;
    }
}
