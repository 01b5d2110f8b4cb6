using System.CommandLine;
using System.Globalization;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>What the two commands that change the switch do after it: wait until the processes act on it, and say which do not.</summary>
internal static class Waiting
{
    private const int Most = 600;

    public static Option<int> Create()
    {
        Option<int> wait = new("--wait")
        {
            Description = $"How long to wait until all live processes act on the change, 0 to {Most} seconds; 0 does not ask. Exit code {ExitCode.NotAcknowledged} if one does not.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 5,
        };
        wait.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int seconds) && seconds is < 0 or > Most)
            {
                result.AddError($"--wait is {seconds}; 0 to {Most} are accepted.");
            }
        });
        return wait;
    }

    public static TimeSpan TimeOf(ParseResult parsed, Option<int> wait) => TimeSpan.FromSeconds(parsed.GetValue(wait));

    public static async Task<Acknowledgement?> ForAsync(CommandRun run, long startedAt, TimeSpan wait, CancellationToken cancellationToken) =>
        wait > TimeSpan.Zero ? await Acknowledgement.WaitAsync(run.Processes, startedAt, wait, cancellationToken) : null;

    public static int ExitCodeOf(Acknowledgement? acknowledgement) => acknowledgement is { IsComplete: false } ? ExitCode.NotAcknowledged : ExitCode.Ok;

    public static void Show(Terminal screen, Acknowledgement? acknowledgement, TimeSpan wait)
    {
        if (acknowledgement is not { } seen)
        {
            screen.Fact("reached", "not asked");
            return;
        }

        if (seen.Fault is not null)
        {
            screen.Alarm("reached", $"unknown; the change is made all the same. {seen.Fault}");
            return;
        }

        int all = seen.Reached.Count + seen.Missing.Count;
        if (seen.IsComplete)
        {
            screen.Fact("reached", all switch
            {
                0 => "nobody: no process with a heartbeat is live",
                1 => $"the one live process, {seen.Took.TotalMilliseconds:0} ms after the command began",
                _ => $"all {all} live processes, {seen.Took.TotalMilliseconds:0} ms after the command began",
            });
        }
        else
        {
            screen.Alarm("reached", $"{seen.Reached.Count} of {all} live processes within {wait.TotalSeconds:0} s");
        }

        foreach (KillSwitchProcess process in seen.Missing)
        {
            screen.Alarm("missing", $"{process.Program}, pid {process.Pid} on {process.Host}, seen {Terminal.Age(seen.At - process.LastSeenAt)} ago: it is stopped, hangs, has crashed or does not reach the database");
        }

        if (seen.Silent > 0)
        {
            screen.Fact("silent", $"{seen.Silent} not seen for 30 s and not waited for; 'jarvis status' lists them");
        }

        screen.Fact("not seen", "programs without heartbeat: psql, the TypeScript Jarvis, agents with KillSwitch.Heartbeat off");
    }
}
