using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;
using Jarvis.SemanticKernel.Testing;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary><c>jarvis calls</c> as a process: what is recorded, and what lies in the journal instead.</summary>
public sealed class CallsTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly CommandLine _jarvis = new();
    private OpenRouterSimulator _upstream = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Journal => _jarvis.DatabaseFile + ".journal";

    public async ValueTask InitializeAsync()
    {
        _upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        _upstream.DefaultReply = SimulatedReply.Text("an answer").WithUsage(812, 164, "0.0076509169000000005");
        _jarvis.Environment["JARVIS_DATABASE_URL"] = _jarvis.DatabaseFile;
        CliResult migrated = await _jarvis.RunAsync("db", "migrate");
        Assert.True(migrated.ExitCode == 0, migrated.All);
    }

    public async ValueTask DisposeAsync()
    {
        _jarvis.Dispose();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task NoCalls_SaysSoAndChangesNothing()
    {
        CliResult result = await _jarvis.RunAsync("calls");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("database ", result.Lines[0], StringComparison.Ordinal);
        Assert.Contains("No call is recorded", result.Output, StringComparison.Ordinal);
        Assert.Contains("journal     0 records wait, 0 are refused, 0 files are damaged in ", result.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Journal));
    }

    [Fact]
    public async Task Calls_AreListedNewestFirstAndExact()
    {
        await RecordedCalls.MakeAsync(_jarvis.DatabaseFile, Journal, _upstream, "mid", "cheap", "strong");
        await LeftCalls.MakeAsync(_jarvis.DatabaseFile, _upstream, SimulatedReply.Text("one two three four"));

        CliResult all = await _jarvis.RunAsync("calls");
        CliResult two = await _jarvis.RunAsync("calls", "-n", "2");
        CliResult ok = await _jarvis.RunAsync("calls", "--status", "OK", "--since", "1h", "--json");
        CliResult old = await _jarvis.RunAsync("calls", "--since", "2026-01-01", "--status", "timeout", "--json");

        string[][] rows = [.. all.Lines[1..^1].Select(line => line.Split('\t'))];
        Assert.Equal(["cut", "ok", "ok", "ok"], rows.Select(row => row[1]));
        Assert.Equal(["strong", "cheap", "mid"], rows[1..].Select(row => row[2]));
        Assert.Equal(["unknown", "0.0076509169000000005", "0.0076509169000000005", "0.0076509169000000005"], rows.Select(row => row[3]));
        Assert.Equal(("reported", "812+164"), (rows[1][4], rows[1][5]));
        Assert.Equal(4, two.Lines.Length);
        JsonElement[] calls = [.. ok.Document.GetProperty("calls").EnumerateArray()];
        Assert.Equal(["strong", "cheap", "mid"], calls.Select(call => call.GetProperty("tier").GetString()));
        Assert.All(calls, call => Assert.Equal(("0.0076509169000000005", "ok", 1), (call.GetProperty("costUsd").GetRawText(), call.GetProperty("status").GetString(), call.GetProperty("attempt").GetInt32())));
        Assert.Equal(0, ok.Document.GetProperty("journal").GetProperty("refusedRecords").GetInt32());
        Assert.Empty(old.Document.GetProperty("calls").EnumerateArray());
        Assert.DoesNotContain(LeftCalls.ApiKey, all.All + ok.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ended", "--status", "ended")]
    [InlineData("0; 1 to 1000", "--limit", "0")]
    [InlineData("yesterday", "--since", "yesterday")]
    public async Task OptionThatIsNotAccepted_IsNamedWithWhatIs(string expected, params string[] options)
    {
        CliResult result = await _jarvis.RunAsync(["calls", .. options]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Contains("ccepted", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusedRecords_AreCountedAndPutBackOnceTheCauseIsGone()
    {
        string elsewhere = Path.Combine(_jarvis.Folder, "elsewhere");
        Execute("CREATE TRIGGER refuse BEFORE INSERT ON jarvis_call_details WHEN NEW.tier = 'cheap' BEGIN SELECT RAISE(ABORT, 'on purpose'); END");
        await RecordedCalls.MakeAsync(_jarvis.DatabaseFile, elsewhere, _upstream, "mid", "cheap", "cheap");

        CliResult counted = await _jarvis.RunAsync("calls", "--journal", elsewhere);
        CliResult again = await _jarvis.RunAsync("calls", "retry-refused", "--journal", elsewhere);
        Execute("DROP TRIGGER refuse");
        CliResult[] done = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => _jarvis.RunAsync("calls", "retry-refused", "--journal", elsewhere, "--json")));
        CliResult after = await _jarvis.RunAsync("calls", "--journal", elsewhere, "--json");

        Assert.Contains("0 records wait, 2 are refused", counted.Output, StringComparison.Ordinal);
        Assert.Equal(7, again.ExitCode);
        Assert.Contains("stored      nothing", again.Output, StringComparison.Ordinal);
        Assert.Contains("refused     2 records again", again.Output, StringComparison.Ordinal);

        // Two at once: a file is one's or the other's, and a record is there once whoever brought it in.
        Assert.All(done, result => Assert.True(result.ExitCode is 0 or 7 && result.Document.GetProperty("error").ValueKind == JsonValueKind.Null, result.All));
        Assert.Equal(2, done.Sum(result => result.Document.GetProperty("stored").GetInt32()));
        Assert.Equal(3, after.Document.GetProperty("calls").GetArrayLength());
        Assert.Equal(0, after.Document.GetProperty("journal").GetProperty("refusedRecords").GetInt32());
        Assert.Empty(Directory.GetFiles(elsewhere, "*", SearchOption.AllDirectories));
        Assert.Equal(3L, Execute("SELECT count(*) FROM ai_calls"));
    }

    [Fact]
    public async Task RetryWithoutADatabase_IsAFailureAndKeepsWhatIsThere()
    {
        Execute("CREATE TRIGGER refuse BEFORE INSERT ON jarvis_call_details BEGIN SELECT RAISE(ABORT, 'on purpose'); END");
        await RecordedCalls.MakeAsync(_jarvis.DatabaseFile, Journal, _upstream, "mid");
        SqliteConnection.ClearAllPools();
        Execute("DROP TABLE jarvis_call_details");

        CliResult result = await _jarvis.RunAsync("calls", "retry-refused");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: ", result.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Journal, "*.refused", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tail_ShowsCallsAsTheyAreRecordedUntilItIsInterrupted(bool asJson)
    {
        await RecordedCalls.MakeAsync(_jarvis.DatabaseFile, Journal, _upstream, "mid");
        using Process process = _jarvis.Start(asJson ? ["calls", "--tail", "--json"] : ["calls", "--tail"]);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        bounded.CancelAfter(Bound);
        string first = await LineWithAsync(process, "mid", bounded.Token);
        await RecordedCalls.MakeAsync(_jarvis.DatabaseFile, Journal, _upstream, "cheap");
        string second = await LineWithAsync(process, "cheap", bounded.Token);

        using var interrupt = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        CliResult rest = await CommandLine.EndAsync(process);

        Assert.Equal(0, rest.ExitCode);
        Assert.All([first, second], line => Assert.Contains("0.0076509169000000005", line, StringComparison.Ordinal));
        if (asJson)
        {
            Assert.Empty(rest.Output);
            Assert.Equal("cheap", JsonDocument.Parse(second).RootElement.GetProperty("tier").GetString());
        }
        else
        {
            Assert.StartsWith("journal ", rest.Output, StringComparison.Ordinal);
        }
    }

    private static async Task<string> LineWithAsync(Process process, string tier, CancellationToken cancellationToken)
    {
        while (true)
        {
            string line = await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("It ended too early.");
            if (line.Contains($"\t{tier}\t", StringComparison.Ordinal) || line.Contains($"\"tier\":\"{tier}\"", StringComparison.Ordinal))
            {
                return line;
            }
        }
    }

    private object? Execute(string sql)
    {
        using SqliteConnection connection = new($"Data Source={_jarvis.DatabaseFile};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests above.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
