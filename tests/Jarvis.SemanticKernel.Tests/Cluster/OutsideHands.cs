using System.Globalization;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Cluster;

/// <summary>
/// Pulls the switch from outside of all workers, by turns in each way that somebody may choose: this package in another process, a statement of another program, a DELETE
/// and an INSERT, a person in psql, and the command line.
/// </summary>
internal sealed class OutsideHands(JarvisHarness outside, PostgresDatabase database, KillSwitchInFlight? inFlight = null) : IDisposable
{
    private readonly CommandLine _commandLine = new();
    private readonly string _value = inFlight == KillSwitchInFlight.Cancel ? """{"active":true,"reason":"by hand","inFlight":"cancel"}""" : """{"active":true,"reason":"by hand"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Pulls it, and says when whoever did had the commit acknowledged.</summary>
    public async Task<DateTimeOffset> PullAsync(int turn)
    {
        switch (turn % 5)
        {
            case 0:
                await outside.KillSwitch.ActivateAsync("runaway", "test", inFlight is null ? null : new KillSwitchActivation { InFlight = inFlight }, Ct);
                return TimeProvider.System.GetUtcNow();
            case 1:
                await database.ExecuteAsync($"UPDATE agent_state SET value = '{_value}' WHERE key = 'kill_switch'");
                return TimeProvider.System.GetUtcNow();
            case 2:
                await database.ExecuteAsync($"BEGIN; DELETE FROM agent_state WHERE key = 'kill_switch'; INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{_value}'); COMMIT");
                return TimeProvider.System.GetUtcNow();
            case 3:
                return await PullInPsqlAsync();
            default:
                return await PullInShellAsync();
        }
    }

    public void Dispose() => _commandLine.Dispose();

    // psql sends its second statement when it has the answer to the first.
    private async Task<DateTimeOffset> PullInPsqlAsync()
    {
        string said = await database.PsqlAsync(
            $"""
            \pset format unaligned
            \pset tuples_only on
            UPDATE agent_state SET value = '{_value}' WHERE key = 'kill_switch';
            SELECT extract(epoch FROM clock_timestamp());
            """);
        return DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(double.Parse(said, CultureInfo.InvariantCulture));
    }

    // What it says is how long the commit took, from the moment that it wrote into the row.
    private async Task<DateTimeOffset> PullInShellAsync()
    {
        string[] now = inFlight == KillSwitchInFlight.Cancel ? ["--now"] : [];
        CliResult result = await _commandLine.RunAsync(["kill", "runaway", "--wait", "0", "--json", "--database", database.ConnectionString, .. now]);
        Assert.True(result.ExitCode == 0, result.All);
        DateTimeOffset activatedAt = DateTimeOffset.Parse((await database.TextAsync("SELECT value->>'activatedAt' FROM agent_state WHERE key = 'kill_switch'"))!, CultureInfo.InvariantCulture);
        return activatedAt + TimeSpan.FromMilliseconds(result.Document.GetProperty("tookMilliseconds").GetDouble());
    }
}
