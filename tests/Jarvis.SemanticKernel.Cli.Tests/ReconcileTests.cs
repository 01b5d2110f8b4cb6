using System.Text.Json;
using System.Text.RegularExpressions;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;
using Jarvis.SemanticKernel.Testing;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary><c>jarvis costs reconcile</c> as a process, on each engine.</summary>
public abstract partial class ReconcileTests : IAsyncLifetime
{
    private static readonly SimulatedReply Half = SimulatedReply.Text("one two three four").WithUsage(812, 164, "0.5");

    private readonly CommandLine _jarvis = new();
    private OpenRouterSimulator _upstream = null!;
    private string _database = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _upstream = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { ApiKey = LeftCalls.ApiKey }, Ct);
        _database = await CreateDatabaseAsync(_jarvis.Folder);
        _jarvis.Environment["JARVIS_DATABASE_URL"] = _database;
        _jarvis.Environment["OPENROUTER_BASE_URL"] = _upstream.Endpoint.ToString();
        _jarvis.Environment["OPENROUTER_API_KEY"] = LeftCalls.ApiKey;
        CliResult migrated = await _jarvis.RunAsync("db", "migrate");
        Assert.True(migrated.ExitCode == 0, migrated.All);
    }

    public async ValueTask DisposeAsync()
    {
        _jarvis.Dispose();
        await _upstream.DisposeAsync();
        await DropDatabaseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task NothingLeft_SaysSo()
    {
        CliResult result = await _jarvis.RunAsync("costs", "reconcile");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("database ", result.Lines[0], StringComparison.Ordinal);
        Assert.Contains("nothing: no call", result.Output, StringComparison.Ordinal);
        Assert.Contains("remaining   no call", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallsThatWereLeft_AreCorrected_AlsoWhileTheSwitchIsActive()
    {
        await LeftCalls.MakeAsync(_database, _upstream, Half, SimulatedReply.Text("one two").WithUsage(7, 3, "4e-9"), SimulatedReply.Text("one two").WithUsage(7, 3, "0.95", upstreamCostJson: "19"));
        await _jarvis.RunAsync("kill", "for the night");

        CliResult result = await _jarvis.RunAsync("costs", "reconcile");
        CliResult again = await _jarvis.RunAsync("costs", "reconcile", "--json");

        Assert.Equal((0, 0), (result.ExitCode, again.ExitCode));
        Assert.Contains("asked       about 3 of 3 calls", result.Output, StringComparison.Ordinal);
        Assert.Contains("found       3 calls cost 20.450000004 USD", result.Output, StringComparison.Ordinal);
        Assert.Contains("remaining   no call", result.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0), (again.Document.GetProperty("total").GetInt32(), again.Document.GetProperty("remaining").GetInt32()));
        Assert.Equal(20.450000004m, _upstream.TotalBilledUsd);
        Assert.DoesNotContain(LeftCalls.ApiKey, result.All + again.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallsThatStayUnknown_AreSaidAndHaveAnExitCode()
    {
        await LeftCalls.MakeAsync(_database, _upstream, Half, Half.WithoutGeneration(), Half.WithGenerationReads(SimulatedGenerationRead.NotFinished));

        CliResult plain = await _jarvis.RunAsync("costs", "reconcile");
        JsonElement json = (await _jarvis.RunAsync("costs", "reconcile", "--json")).Document;

        Assert.Equal(6, plain.ExitCode);
        Assert.Contains("about 3 of 3 calls", plain.Output, StringComparison.Ordinal);
        Assert.Contains("found       1 call cost 0.5 USD", plain.Output, StringComparison.Ordinal);
        Assert.Contains("unknown     2 calls, of which", plain.Output, StringComparison.Ordinal);
        Assert.Contains("remaining   2 calls that may", plain.Output, StringComparison.Ordinal);
        Assert.Equal((2, 2, 1, 1, 1), (Number(json, "total"), Number(json, "asked"), Number(json, "reconciled"), Number(json, "unknown"), Number(json, "remaining")));
        Assert.Equal("0.5", json.GetProperty("costUsd").GetRawText());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("error").ValueKind);
    }

    [Fact]
    public async Task KeyThatIsRefusedOrMissing_IsAFailureThatSaysWhatToDo()
    {
        await LeftCalls.MakeAsync(_database, _upstream, Half);
        _jarvis.Environment["OPENROUTER_API_KEY"] = "sk-or-v1-another-key-0000";
        CliResult refused = await _jarvis.RunAsync("costs", "reconcile");
        CliResult json = await _jarvis.RunAsync("costs", "reconcile", "--json");
        _jarvis.Environment.Remove("OPENROUTER_API_KEY");
        CliResult missing = await _jarvis.RunAsync("costs", "reconcile");

        Assert.Equal((1, 1, 1), (refused.ExitCode, json.ExitCode, missing.ExitCode));
        Assert.Contains("about 0 of 1 call", refused.Output, StringComparison.Ordinal);
        Assert.Contains("error: The endpoint refuses the key: HTTP 401. Set OPENROUTER_API_KEY", refused.Error, StringComparison.Ordinal);
        Assert.Contains("refuses the key", json.Document.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(json.Error);
        Assert.Contains("There is no key to ask with. Set OPENROUTER_API_KEY", missing.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("another-key", refused.All + json.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoProcessesAtOnce_CorrectEachRecordOnce()
    {
        await LeftCalls.MakeAsync(_database, _upstream, [.. Enumerable.Repeat(Half, 20)]);

        CliResult[] results = await Task.WhenAll(_jarvis.RunAsync("costs", "reconcile", "--json"), _jarvis.RunAsync("costs", "reconcile", "--json"));
        CliResult after = await _jarvis.RunAsync("costs", "reconcile", "--json");

        Assert.All(results, result => Assert.True(result.ExitCode == 0, result.All));
        Assert.Equal(20, results.Sum(result => Number(result.Document, "reconciled")));
        Assert.Equal(0, Number(after.Document, "remaining"));
    }

    [Fact]
    public async Task Terminal_ShowsHowFarItIs_AndAPipeDoesNot()
    {
        await LeftCalls.MakeAsync(_database, _upstream, [.. Enumerable.Repeat(Half.WithoutGeneration(), 3)]);

        // Progress is promised for what takes longer than a second.
        _upstream.OnRead = _ => SimulatedReply.Error(404, "not yet").After(TimeSpan.FromMilliseconds(700));
        CliResult terminal = await _jarvis.RunOnTerminalAsync(80, "costs", "reconcile");
        CliResult pipe = await _jarvis.RunAsync("costs", "reconcile");

        Assert.Contains("\rasked about 2 of 3 calls, found the cost of 0\e[K", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("\r\e[K", terminal.Output, StringComparison.Ordinal);
        Assert.All(ControlSequence().Replace(terminal.Output, "").ReplaceLineEndings("\n").Split('\n'), line => Assert.True(line.Length <= 80 || line.Contains(_jarvis.Folder, StringComparison.Ordinal), line));
        Assert.DoesNotContain("asked about 2", pipe.All, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', pipe.All);
        Assert.Empty(pipe.Error);
    }

    protected abstract Task<string> CreateDatabaseAsync(string folder);

    protected abstract ValueTask DropDatabaseAsync();

    private static int Number(JsonElement document, string name) => document.GetProperty(name).GetInt32();

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]|\e\][^\a]*\a|\e[=>]")]
    private static partial Regex ControlSequence();
}
