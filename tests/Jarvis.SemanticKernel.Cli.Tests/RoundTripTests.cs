using System.Text.Json;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary>What an operator does, on each engine.</summary>
public abstract class RoundTripTests : IAsyncLifetime
{
    private readonly CommandLine _jarvis = new();
    private string _database = "";

    public async ValueTask InitializeAsync()
    {
        _database = await CreateDatabaseAsync(_jarvis.Folder);
        _jarvis.Environment["JARVIS_DATABASE_URL"] = _database;
        CliResult migrated = await _jarvis.RunAsync("db", "migrate");
        Assert.True(migrated.ExitCode == 0, migrated.All);
    }

    public async ValueTask DisposeAsync()
    {
        _jarvis.Dispose();
        await DropDatabaseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Status_NeverUsed_IsOpen()
    {
        CliResult status = await _jarvis.RunAsync("status");

        Assert.Equal(0, status.ExitCode);
        Assert.Contains("open: calls may start", status.Output, StringComparison.Ordinal);
        Assert.Contains("never used", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KillThenResume_IsSeenByStatusAndAudit()
    {
        CliResult kill = await _jarvis.RunAsync("kill", "The budget is spent", "--by", "night-watch");
        CliResult stopped = await _jarvis.RunAsync("status");
        CliResult resume = await _jarvis.RunAsync("resume", "Checked,", "go", "on", "--by", "roman");
        CliResult released = await _jarvis.RunAsync("status");
        CliResult audit = await _jarvis.RunAsync("audit");

        Assert.Equal((0, 3, 0, 0, 0), (kill.ExitCode, stopped.ExitCode, resume.ExitCode, released.ExitCode, audit.ExitCode));
        Assert.Contains("ACTIVE: nothing new starts", kill.Output, StringComparison.Ordinal);
        Assert.Matches(@"took +\d+ ms", kill.Output);
        Assert.Matches(@"(?s)ACTIVE.*since +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC.*by +cli:night-watch.*reason +The budget is spent", stopped.Output);
        Assert.Matches("(?s)open.*by +cli:roman.*reason +Checked, go on", released.Output);
        Assert.Matches("^2\t20.* UTC\tdeactivate\tglobal\tcli:roman\tChecked, go on$", audit.Lines[^2]);
        Assert.Matches("^1\t20.* UTC\tactivate\tglobal\tcli:night-watch\tThe budget is spent$", audit.Lines[^1]);
        Assert.Empty(kill.Error + stopped.Error + resume.Error + released.Error + audit.Error);
    }

    [Fact]
    public async Task KillNow_SaysThatItCutsAndIsShownByStatus()
    {
        CliResult kill = await _jarvis.RunAsync("kill", "--now", "Loops", "again", "and", "again");
        CliResult status = await _jarvis.RunAsync("status");
        JsonElement killed = (await _jarvis.RunAsync("kill", "Loops", "--now", "--json")).Document;
        JsonElement stopped = (await _jarvis.RunAsync("status", "--json")).Document;
        JsonElement unsaid = (await _jarvis.RunAsync("kill", "Loops", "--json")).Document;

        Assert.Equal((0, 3), (kill.ExitCode, status.ExitCode));
        Assert.Matches("(?s)in flight +cut.*reason +Loops again and again", kill.Output);
        Assert.Matches("in flight +cut", status.Output);
        Assert.Equal("cancel", killed.GetProperty("inFlight").GetString());
        Assert.Equal("cancel", stopped.GetProperty("inFlight").GetString());
        Assert.Equal(JsonValueKind.Null, unsaid.GetProperty("inFlight").ValueKind);
    }

    [Fact]
    public async Task EveryCommand_NamesItsDatabase()
    {
        string[][] commands = [["db", "migrate"], ["kill", "a"], ["resume", "b"], ["status"], ["audit"], ["doctor"]];
        foreach (string[] command in commands)
        {
            CliResult plain = await _jarvis.RunAsync(command);
            CliResult json = await _jarvis.RunAsync([.. command, "--json"]);

            Assert.StartsWith("database ", plain.Lines[0], StringComparison.Ordinal);
            Assert.EndsWith("(from JARVIS_DATABASE_URL)", plain.Lines[0], StringComparison.Ordinal);
            Assert.EndsWith("(from JARVIS_DATABASE_URL)", json.Document.GetProperty("database").GetString(), StringComparison.Ordinal);
            Assert.Equal(plain.ExitCode, json.ExitCode);
            Assert.DoesNotContain('\e', plain.All + json.All);
        }
    }

    [Fact]
    public async Task Json_HoldsWhatThePersonSees()
    {
        JsonElement kill = (await _jarvis.RunAsync("kill", "Loops", "--by", "roman", "--json")).Document;
        JsonElement status = (await _jarvis.RunAsync("status", "--json")).Document;
        JsonElement audit = (await _jarvis.RunAsync("audit", "--json")).Document;

        Assert.True(kill.GetProperty("active").GetBoolean());
        Assert.True(kill.GetProperty("tookMilliseconds").GetDouble() > 0);
        Assert.True(status.GetProperty("active").GetBoolean());
        Assert.Equal(TimeSpan.Zero, status.GetProperty("since").GetDateTimeOffset().Offset);
        JsonElement entry = Assert.Single(audit.GetProperty("entries").EnumerateArray());
        Assert.Equal("activate", entry.GetProperty("action").GetString());
        foreach ((string reason, string by) in new[] { Texts(kill, "by"), Texts(status, "by"), Texts(entry, "triggeredBy") })
        {
            Assert.Equal(("Loops", "cli:roman"), (reason, by));
        }
    }

    [Theory]
    [InlineData("--tier", "Strong", "tier:strong", "tier strong")]
    [InlineData("--model", "x-ai/grok-4.1:free", "model:x-ai/grok-4.1:free", "model x-ai/grok-4.1:free")]
    [InlineData("--agent", "Night watch", "agent:Night watch", "agent Night watch")]
    [InlineData("--goal", "42", "goal:42", "goal 42")]
    public async Task KillThenResume_OfOneScope_IsSeenByStatusAndAuditAndLeavesTheRest(string option, string name, string scope, string words)
    {
        CliResult kill = await _jarvis.RunAsync("kill", option, name, "Too", "dear", "--by", "night-watch");
        CliResult all = await _jarvis.RunAsync("status");
        CliResult one = await _jarvis.RunAsync("status", option, name);
        CliResult other = await _jarvis.RunAsync("status", "--goal", "7");
        JsonElement status = (await _jarvis.RunAsync("status", "--json")).Document;
        CliResult resume = await _jarvis.RunAsync("resume", option, name, "Paid", "--by", "roman");
        CliResult released = await _jarvis.RunAsync("status", option, name);
        CliResult audit = await _jarvis.RunAsync("audit");
        JsonElement entry = (await _jarvis.RunAsync("audit", "--limit", "1", "--json")).Document.GetProperty("entries")[0];

        Assert.Equal((0, 0, 3, 0, 0, 0), (kill.ExitCode, all.ExitCode, one.ExitCode, other.ExitCode, resume.ExitCode, released.ExitCode));
        Assert.Matches($"(?s)ACTIVE: nothing new of {words} starts until 'jarvis resume {option} .*scope +{scope}\n.*reason +Too dear", kill.Output);
        Assert.Matches($"(?s)open: calls may start.*ACTIVE: nothing of {words} starts\nscope +{scope}\n.*by +cli:night-watch\nreason +Too dear", all.Output);
        Assert.Equal(all.Output, one.Output);
        Assert.DoesNotContain(scope, other.Output, StringComparison.Ordinal);
        Assert.Matches($"(?s)scope +{scope}\n.*by +cli:roman\nreason +Paid", released.Output);
        Assert.False(status.GetProperty("active").GetBoolean());
        JsonElement found = Assert.Single(status.GetProperty("scopes").EnumerateArray());
        Assert.Equal((scope, true), (found.GetProperty("scope").GetString(), found.GetProperty("active").GetBoolean()));
        Assert.Equal(("Too dear", "cli:night-watch"), Texts(found, "by"));
        Assert.Matches($"^2\t20.* UTC\tdeactivate\t{scope}\tcli:roman\tPaid$", audit.Lines[^2]);
        Assert.Matches($"^1\t20.* UTC\tactivate\t{scope}\tcli:night-watch\tToo dear$", audit.Lines[^1]);
        Assert.Equal(scope, entry.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Kill_OfEverything_CountsForEveryScope()
    {
        JsonElement kill = (await _jarvis.RunAsync("kill", "all", "--json")).Document;
        CliResult one = await _jarvis.RunAsync("status", "--tier", "strong");

        Assert.Equal("global", kill.GetProperty("scope").GetString());
        Assert.Equal(3, one.ExitCode);
        Assert.Contains("scope       tier:strong", one.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyThatNobodyKnows_StopsEverythingAndStatusSaysSo()
    {
        await ExecuteAsync("""INSERT INTO agent_state (key, value) VALUES ('kill_switch:provider:azure', '{"active":true,"reason":"by hand"}'), ('kill_switch:goal:1', '"garbage"')""");
        CliResult status = await _jarvis.RunAsync("status");
        CliResult goal = await _jarvis.RunAsync("status", "--goal", "1");
        await ExecuteAsync("""UPDATE agent_state SET value = '{"active":false}' WHERE key = 'kill_switch:provider:azure'""");
        CliResult unreadable = await _jarvis.RunAsync("status", "--goal", "1");

        Assert.Equal((3, 3, 1), (status.ExitCode, goal.ExitCode, unreadable.ExitCode));
        Assert.Matches("(?s)UNREADABLE: nothing of goal 1 starts.*ACTIVE: nothing starts, since this version does not know.*scope +provider:azure", status.Output);
    }

    [Fact]
    public async Task Kill_NoName_TakesTheUserOfTheOperatingSystem()
    {
        JsonElement kill = (await _jarvis.RunAsync("kill", "why", "--json")).Document;

        Assert.Equal($"cli:{Environment.UserName}", kill.GetProperty("by").GetString());
    }

    [Fact]
    public async Task Kill_ActiveAlready_IsNoErrorAndAudited()
    {
        await _jarvis.RunAsync("kill", "first");
        CliResult again = await _jarvis.RunAsync("kill", "second");
        CliResult audit = await _jarvis.RunAsync("audit", "--limit", "1");

        Assert.Equal(0, again.ExitCode);
        Assert.EndsWith("second", Assert.Single(audit.Lines[1..]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_FaultyModelSettings_WorksAllTheSame()
    {
        _jarvis.Environment["OPENROUTER_BASE_URL"] = "no address";
        _jarvis.Environment["OPENROUTER_API_KEY"] = "no key";
        _jarvis.Environment["JARVIS_MODEL_MID"] = " ";
        CliResult kill = await _jarvis.RunAsync("kill", "why");
        CliResult doctor = await _jarvis.RunAsync("doctor");

        Assert.True(kill.ExitCode == 0, kill.All);
        Assert.Equal(2, doctor.ExitCode);
        Assert.Contains("OPENROUTER_BASE_URL", doctor.Error, StringComparison.Ordinal);
        Assert.Contains("JARVIS_MODEL_MID", doctor.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReasonWithControlCharacters_DoesNotReachTheTerminal()
    {
        await _jarvis.RunAsync("kill", "red \e[31m alert\r\nsecond line");
        CliResult status = await _jarvis.RunOnTerminalAsync(80, "status");

        Assert.DoesNotContain("\e[31m alert", status.Output, StringComparison.Ordinal);
        Assert.Contains("alert second line", status.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_Twice_IsNoError()
    {
        CliResult again = await _jarvis.RunAsync("db", "migrate");

        Assert.Equal(0, again.ExitCode);
        Assert.Contains("current", again.Output, StringComparison.Ordinal);
    }

    protected abstract Task<string> CreateDatabaseAsync(string folder);

    protected abstract ValueTask DropDatabaseAsync();

    protected abstract Task ExecuteAsync(string sql);

    private static (string Reason, string By) Texts(JsonElement element, string by) => (element.GetProperty("reason").GetString()!, element.GetProperty(by).GetString()!);
}
