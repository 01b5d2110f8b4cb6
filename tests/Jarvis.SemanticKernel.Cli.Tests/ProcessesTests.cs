using System.Globalization;
using System.Text.Json;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Cluster;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary>Real processes that call without pause on a real Postgres, and an operator at the command line.</summary>
public sealed class ProcessesTests(PostgresServer server, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly CommandLine _jarvis = new();
    private readonly List<WorkerProcess> _workers = [];
    private OpenRouterSimulator? _upstream;
    private PostgresDatabase? _database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        _database = await server.CreateDatabaseAsync();
        _jarvis.Environment["JARVIS_DATABASE_URL"] = _database.ConnectionString;
        CliResult migrated = await _jarvis.RunAsync("db", "migrate");
        Assert.True(migrated.ExitCode == 0, migrated.All);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (WorkerProcess worker in _workers)
        {
            await worker.DisposeAsync();
        }

        _jarvis.Dispose();
        await _upstream!.DisposeAsync();
        await _database!.DisposeAsync();
    }

    [Fact]
    public async Task Kill_SaysWhenEveryProcessHadActedOnIt()
    {
        await StartAsync(3);
        CliResult kill = await _jarvis.RunAsync("kill", "Loops", "--wait", "60");
        CliResult status = await _jarvis.RunAsync("status");
        CliResult resume = await _jarvis.RunAsync("resume", "Fine", "--wait", "60", "--json");

        output.WriteLine(kill.Output);
        Assert.Equal((0, 3, 0), (kill.ExitCode, status.ExitCode, resume.ExitCode));
        Assert.Matches(@"(?m)^reached +all 3 live processes, \d+ ms after the command began$", kill.Output);
        Assert.Matches("(?m)^not seen +programs without heartbeat", kill.Output);
        Assert.Matches("(?m)^processes +3 live, all act on the newest change$", status.Output);
        Assert.All(_workers, worker => Assert.Matches($"(?m)^{worker.Pid}\t.*\tacts on it\tJarvis.SemanticKernel.TestWorker\t{Environment.MachineName}$", status.Output));
        await AllSayAsync("stopped");

        JsonElement seen = resume.Document.GetProperty("acknowledgement");
        Assert.True(seen.GetProperty("complete").GetBoolean());
        Assert.True(seen.GetProperty("tookMilliseconds").GetDouble() >= resume.Document.GetProperty("tookMilliseconds").GetDouble());
        Assert.Equal(_workers.Select(worker => worker.Pid).Order(), Pids(seen, acknowledged: true).Order());
        await AllSayAsync("running");
    }

    [Fact]
    public async Task StoppedProcess_IsNamed_AndTheExitCodeSaysSo()
    {
        await StartAsync(2);
        await _workers[1].SignalAsync("STOP");
        await KeepLiveAsync(_workers[1]);
        CliResult kill = await _jarvis.RunAsync("kill", "Loops", "--wait", "1");
        CliResult again = await _jarvis.RunAsync("kill", "Still", "--wait", "1", "--json");
        CliResult unasked = await _jarvis.RunAsync("kill", "Once more", "--wait", "0");
        JsonElement status = (await _jarvis.RunAsync("status", "--json")).Document;

        Assert.Equal((5, 5, 0), (kill.ExitCode, again.ExitCode, unasked.ExitCode));
        Assert.Contains("ACTIVE", kill.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^reached +1 of 2 live processes within 1 s$", kill.Output);
        Assert.Matches($"(?m)^missing +Jarvis.SemanticKernel.TestWorker, pid {_workers[1].Pid} on {Environment.MachineName}, seen ", kill.Output);
        JsonElement seen = again.Document.GetProperty("acknowledgement");
        Assert.False(seen.GetProperty("complete").GetBoolean());
        Assert.Equal([_workers[1].Pid], Pids(seen, acknowledged: false));
        Assert.Equal([_workers[0].Pid], Pids(seen, acknowledged: true));
        Assert.Matches("(?m)^reached +not asked$", unasked.Output);
        Assert.Equal([_workers[1].Pid], Pids(status, acknowledged: false));

        await _workers[1].SignalAsync("CONT");
        await AllSayAsync("stopped");
        Assert.Equal(0, (await _jarvis.RunAsync("kill", "And now", "--wait", "60")).ExitCode);
    }

    [Fact]
    public async Task CrashedProcess_AgesOut()
    {
        await StartAsync(1);
        await _workers[0].SignalAsync("KILL");
        await KeepLiveAsync(_workers[0]);
        Assert.Equal(5, (await _jarvis.RunAsync("kill", "Loops", "--wait", "1")).ExitCode);

        await _database!.ExecuteAsync("UPDATE jarvis.processes SET last_seen_at = now() - interval '31 seconds'");
        CliResult kill = await _jarvis.RunAsync("kill", "Loops", "--json");
        CliResult status = await _jarvis.RunAsync("status");

        Assert.Equal(0, kill.ExitCode);
        Assert.Equal(1, kill.Document.GetProperty("acknowledgement").GetProperty("silent").GetInt32());
        Assert.Matches($"(?m)^processes +none with a heartbeat is live; 1 not seen for 30 s$", status.Output);
        Assert.Matches($"(?m)^{_workers[0].Pid}\t.*\tsilent\t", status.Output);

        await _database.ExecuteAsync("UPDATE jarvis.processes SET last_seen_at = now() - interval '25 hours'");
        await _jarvis.RunAsync("resume", "Fine");
        await StartAsync(1);
        await Eventually.TrueAsync(async () => await _database.TextAsync("SELECT string_agg(pid::text, ' ') FROM jarvis.processes") == Text(_workers[1].Pid), Ct);
    }

    [Fact]
    public async Task ProcessThatEndsInOrder_IsGoneAtOnce()
    {
        await StartAsync(2);
        await _workers[0].EndAsync();

        Assert.Equal(Text(_workers[1].Pid), await _database!.TextAsync("SELECT string_agg(pid::text, ' ') FROM jarvis.processes"));
    }

    [Fact]
    public async Task Kill_ProcessesCannotBeRead_SaysThatTheSwitchIsActiveAllTheSame()
    {
        await _database!.ExecuteAsync("DROP TABLE jarvis.processes");
        CliResult kill = await _jarvis.RunAsync("kill", "Loops");
        CliResult again = await _jarvis.RunAsync("kill", "Loops", "--json");

        Assert.Equal((5, 5), (kill.ExitCode, again.ExitCode));
        Assert.Contains("ACTIVE", kill.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^reached +unknown; the change is made all the same.*processes", kill.Output);
        Assert.True(again.Document.GetProperty("active").GetBoolean());
        Assert.Contains("processes", again.Document.GetProperty("acknowledgement").GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_SpeaksOfSilentProcesses()
    {
        await _database!.ExecuteAsync(
            "INSERT INTO jarvis.processes VALUES (gen_random_uuid(), 'far-away', 4711, 'restocker', now() - interval '2 hours', now() - interval '1 hour', 1)");
        CliResult doctor = await _jarvis.RunAsync("doctor");

        Assert.Matches("(?m)^processes +notice +0 live. 1 not seen for 30 s: restocker, pid 4711 on far-away, 1 h 0 min ago", doctor.Output);
        Assert.Matches("(?m)^clock +ok ", doctor.Output);
    }

    private static IEnumerable<int> Pids(JsonElement seen, bool acknowledged) =>
        from process in seen.GetProperty("processes").EnumerateArray()
        where process.GetProperty("acknowledged").GetBoolean() == acknowledged
        select process.GetProperty("pid").GetInt32();

    private static string Text(int pid) => pid.ToString(CultureInfo.InvariantCulture);

    // Running, and known to the database.
    private async Task StartAsync(int count)
    {
        WorkerProcess[] started = [.. Enumerable.Range(_workers.Count, count).Select(i => WorkerProcess.Start($"worker-{i}", _upstream!.Endpoint, _database!.ConnectionString, callers: 2))];
        _workers.AddRange(started);
        await Task.WhenAll(started.Select(worker => worker.SaysAsync("running", Ct)));
        string pids = string.Join(", ", started.Select(worker => worker.Pid));
        await Eventually.TrueAsync(async () => await _database!.TextAsync($"SELECT count(*) FROM jarvis.processes WHERE pid IN ({pids})") == Text(count), Ct);
    }

    // Half a minute is soon over on a busy machine.
    private Task KeepLiveAsync(WorkerProcess worker) => _database!.ExecuteAsync($"UPDATE jarvis.processes SET last_seen_at = now() + interval '1 hour' WHERE pid = {worker.Pid}");

    private Task AllSayAsync(string word) => Task.WhenAll(_workers.Select(worker => worker.SaysAsync(word, Ct)));
}
