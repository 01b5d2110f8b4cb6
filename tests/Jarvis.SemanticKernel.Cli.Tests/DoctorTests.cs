using System.Text.Json;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Cli.Tests;

public sealed class DoctorTests(PostgresServer server) : IAsyncLifetime
{
    private const string Key = "sk-or-v1-canary-doctor";

    // A record as it stands in the journal: version, length, checksum, content.
    private const string Line = "J1 00000094 15e0897b {\"record\":{\"callId\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"startedAt\":\"2026-07-01T12:00:00+00:00\",\"tier\":\"mid\",\"requestedModel\":\"m\",\"status\":\"Ok\"}}\n";

    private readonly CommandLine _jarvis = new();
    private OpenRouterSimulator? _upstream;
    private PostgresDatabase? _database;

    public async ValueTask InitializeAsync()
    {
        _upstream = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { ApiKey = Key }, TestContext.Current.CancellationToken);
        _jarvis.Environment["OPENROUTER_API_KEY"] = Key;
        _jarvis.Environment["OPENROUTER_BASE_URL"] = _upstream.Endpoint.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        _jarvis.Dispose();
        await _upstream!.DisposeAsync();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    [Fact]
    public async Task EverythingInOrder_HasNoFault()
    {
        PostgresDatabase database = await MigrateAsync();
        CliResult doctor = await _jarvis.RunAsync("doctor");

        Assert.True(doctor.ExitCode == 0, doctor.All);
        string[] subjects = ["connection", "schema", "audit", "push", "time zone", "listener", "switch", "journal", "key", "tier strong", "tier mid", "tier cheap", "gate"];
        Assert.All(subjects, subject => Assert.Matches($"(?m)^{subject} +ok ", doctor.Output));
        Assert.Equal("No faults.", doctor.Lines[^1]);
        Assert.DoesNotContain(Key, doctor.All, StringComparison.Ordinal);

        // Neither money nor the real switch.
        Assert.Equal(0, _upstream!.RequestCount);
        Assert.Equal("0", await database.TextAsync("SELECT (SELECT count(*) FROM kill_switch_audit) + (SELECT count(*) FROM agent_state) + (SELECT count(*) FROM jarvis.call_details)"));
    }

    [Fact]
    public async Task ServerOutsideUtc_IsAFault()
    {
        await MigrateAsync("Europe/Berlin");
        JsonElement doctor = await DiagnoseAsync(exitCode: 4);

        Assert.StartsWith("Europe/Berlin, set by the database.", Finding(doctor, "time zone", "fault"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuditThatCanBeRewritten_IsANotice()
    {
        PostgresDatabase database = await MigrateAsync();
        await database.ExecuteAsync("DROP TRIGGER jarvis_append_only ON kill_switch_audit");
        JsonElement doctor = await DiagnoseAsync(exitCode: 0);

        Assert.Contains("jarvis_append_only", Finding(doctor, "audit", "notice"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangesThatNobodyHears_AreAFault()
    {
        PostgresDatabase database = await MigrateAsync();
        await database.ExecuteAsync("DROP TRIGGER jarvis_kill_switch_update ON agent_state");
        JsonElement doctor = await DiagnoseAsync(exitCode: 4);

        Assert.Contains("jarvis_kill_switch_", Finding(doctor, "push", "fault"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ActiveSwitch_IsANoticeAndTheDoctorLeavesIt()
    {
        await MigrateAsync();
        await _jarvis.RunAsync("kill", "For good reason");
        JsonElement doctor = await DiagnoseAsync(exitCode: 0);

        Assert.Contains("For good reason", Finding(doctor, "switch", "notice"), StringComparison.Ordinal);
        Assert.Equal(3, (await _jarvis.RunAsync("status")).ExitCode);
    }

    [Fact]
    public async Task UnreadableSwitch_IsAFault()
    {
        PostgresDatabase database = await MigrateAsync();
        await database.ExecuteAsync("INSERT INTO agent_state (key, value) VALUES ('kill_switch', '\"on\"')");
        JsonElement doctor = await DiagnoseAsync(exitCode: 4);

        Finding(doctor, "switch", "fault");
    }

    [Theory]
    [InlineData("journal", "notice", 0, "1 records wait, 0 are refused, 0 files are damaged")]
    [InlineData("refused", "fault", 4, "0 records wait, 1 are refused, 0 files are damaged")]
    [InlineData("journal.damaged", "fault", 4, "0 records wait, 0 are refused, 1 files are damaged")]
    public async Task RecordsInTheJournal_AreCounted(string kind, string outcome, int exitCode, string detail)
    {
        _jarvis.Environment["JARVIS_DATABASE_URL"] = _jarvis.DatabaseFile;
        await _jarvis.RunAsync("db", "migrate");
        string nothing = Finding(await DiagnoseAsync(exitCode: 0), "journal", "ok");
        string folder = nothing["Nothing waits in ".Length..^1];
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, $"dead-000001.{kind}"), Line, TestContext.Current.CancellationToken);

        Assert.StartsWith(detail, Finding(await DiagnoseAsync(exitCode), "journal", outcome), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusedKeyAndGoneModel_AreFaults()
    {
        _jarvis.Environment["OPENROUTER_API_KEY"] = "sk-or-v1-canary-other";
        _jarvis.Environment["JARVIS_MODEL_CHEAP"] = "x-ai/gone";
        _jarvis.Environment["JARVIS_MODEL_MID"] = "anthropic/claude-sonnet-4.5:nitro";
        _jarvis.Environment["JARVIS_DATABASE_URL"] = _jarvis.DatabaseFile;
        await _jarvis.RunAsync("db", "migrate");
        JsonElement doctor = await DiagnoseAsync(exitCode: 4);

        Assert.Contains("refuses the key", Finding(doctor, "key", "fault"), StringComparison.Ordinal);
        Assert.Contains("x-ai/gone", Finding(doctor, "tier cheap", "fault"), StringComparison.Ordinal);
        Finding(doctor, "tier mid", "ok");
        Assert.DoesNotContain("canary", doctor.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoKey_IsAFault()
    {
        _jarvis.Environment.Remove("OPENROUTER_API_KEY");
        _jarvis.Environment["JARVIS_DATABASE_URL"] = _jarvis.DatabaseFile;
        await _jarvis.RunAsync("db", "migrate");

        Assert.Contains("OPENROUTER_API_KEY is not set", Finding(await DiagnoseAsync(exitCode: 4), "key", "fault"), StringComparison.Ordinal);
    }

    private async Task<PostgresDatabase> MigrateAsync(string timeZone = "UTC")
    {
        _database = await server.CreateDatabaseAsync(timeZone);
        _jarvis.Environment["JARVIS_DATABASE_URL"] = _database.ConnectionString;
        await _jarvis.RunAsync("db", "migrate");
        return _database;
    }

    private async Task<JsonElement> DiagnoseAsync(int exitCode)
    {
        CliResult doctor = await _jarvis.RunAsync("doctor", "--json");
        Assert.True(doctor.ExitCode == exitCode, doctor.All);
        Assert.Equal(exitCode == 0, doctor.Document.GetProperty("healthy").GetBoolean());
        return doctor.Document;
    }

    private static string Finding(JsonElement doctor, string subject, string outcome)
    {
        JsonElement finding = Assert.Single(doctor.GetProperty("findings").EnumerateArray(), finding => finding.GetProperty("subject").GetString() == subject);
        Assert.Equal(outcome, finding.GetProperty("outcome").GetString());
        return finding.GetProperty("detail").GetString()!;
    }
}
