using Jarvis.SemanticKernel.Cli.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary>The command line and psql see the same rows.</summary>
public class SharedWithPsqlTests(PostgresServer server)
{
    [Fact]
    public async Task Kill_IsTheRowThatPsqlReads()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        using CommandLine jarvis = new();
        await jarvis.RunAsync("db", "migrate", "-d", database.ConnectionString);
        await jarvis.RunAsync("kill", "The budget is spent", "--by", "roman", "-d", database.ConnectionString);

        string state = await database.PsqlAsync("\\pset format unaligned\n\\t\nSELECT value->>'active', value->>'reason' FROM agent_state WHERE key = 'kill_switch'");
        string audit = await database.PsqlAsync("\\pset format unaligned\n\\t\nSELECT action, triggered_by, reason FROM kill_switch_audit");

        Assert.Contains("true|The budget is spent", state, StringComparison.Ordinal);
        Assert.Contains("activate|cli:roman|The budget is spent", audit, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"active":true,"reason":"by hand"}""", 3, "by +unknown")]
    [InlineData("""{"active":"yes"}""", 1, "cannot be read")]
    public async Task Status_RowWrittenByPsql_SaysWhatIsThere(string value, int exitCode, string expected)
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        using CommandLine jarvis = new();
        await jarvis.RunAsync("db", "migrate", "-d", database.ConnectionString);
        await jarvis.RunAsync("resume", "A first row", "-d", database.ConnectionString);
        await database.PsqlAsync($"UPDATE agent_state SET value = '{value}' WHERE key = 'kill_switch'");

        CliResult status = await jarvis.RunAsync("status", "-d", database.ConnectionString);

        Assert.Equal(exitCode, status.ExitCode);
        Assert.Matches(expected, status.All);
    }

    [Fact]
    public async Task DbScript_AppliedTwice_EqualsMigrate()
    {
        await using PostgresDatabase migrated = await server.CreateDatabaseAsync();
        await using PostgresDatabase scripted = await server.CreateDatabaseAsync();
        using CommandLine jarvis = new();
        await jarvis.RunAsync("db", "migrate", "-d", migrated.ConnectionString);
        CliResult script = await jarvis.RunAsync("db", "script");

        await scripted.PsqlAsync(script.Output);
        await scripted.PsqlAsync(script.Output);

        Assert.Equal(0, script.ExitCode);
        Assert.Empty(script.Error);
        Assert.Equal(await migrated.DumpAsync("--schema-only"), await scripted.DumpAsync("--schema-only"));
        Assert.Equal(0, (await jarvis.RunAsync("status", "-d", scripted.ConnectionString)).ExitCode);
    }

    [Fact]
    public async Task DbScriptRoles_InPsqlTwice_MakesAnAgentThatActivatesAndDoesNotRelease()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        string agent = $"agent_{Guid.NewGuid():N}";
        using CommandLine jarvis = new();
        await jarvis.RunAsync("db", "migrate", "-d", database.ConnectionString);
        CliResult script = await jarvis.RunAsync("db", "script", "--roles");
        await database.PsqlAsync(script.Output);
        await database.PsqlAsync(script.Output);
        await database.ExecuteAsync($"CREATE ROLE {agent} LOGIN IN ROLE jarvis_agent");
        string asAgent = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = agent }.ConnectionString;

        CliResult kill = await jarvis.RunAsync("kill", "Loops", "-d", asAgent);
        CliResult resume = await jarvis.RunAsync("resume", "Fine", "-d", asAgent);
        CliResult status = await jarvis.RunAsync("status", "-d", database.ConnectionString);
        await database.ExecuteAsync($"DROP OWNED BY {agent}; DROP ROLE {agent}");

        Assert.Equal((0, 1, 3), (kill.ExitCode, resume.ExitCode, status.ExitCode));
        Assert.Contains($"role {agent} may activate the kill switch, not release it", resume.Error, StringComparison.Ordinal);
        Assert.Contains("jarvis_operator", resume.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("db migrate", resume.Error, StringComparison.Ordinal);
    }
}
