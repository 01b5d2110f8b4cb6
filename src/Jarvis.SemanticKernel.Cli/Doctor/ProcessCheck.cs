using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Doctor;

/// <summary>Who keeps a heartbeat and who has stopped to, and whether this machine's clock agrees with the database's.</summary>
internal static class ProcessCheck
{
    // Instants that people read are written by the clocks of many machines.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<DatabaseFinding>> RunAsync(IKillSwitchProcesses processes, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            DateTimeOffset before = time.GetUtcNow();
            KillSwitchProcessReport report = await processes.GetProcessesAsync(cancellationToken);
            DateTimeOffset after = time.GetUtcNow();
            return [Judge(report), JudgeClock(report.At < before ? report.At - before : report.At > after ? report.At - after : TimeSpan.Zero)];
        }
        catch (KillSwitchUnavailableException exception)
        {
            return [new("processes", DatabaseFindingOutcome.Fault, exception.Message)];
        }
    }

    private static DatabaseFinding Judge(KillSwitchProcessReport report)
    {
        KillSwitchProcess[] silent = [.. report.Processes.Where(process => !process.IsLive)];
        KillSwitchProcess[] behind = [.. report.Processes.Where(process => process.IsLive && process.SwitchVersion < report.CurrentVersion)];
        string live = $"{report.Processes.Count - silent.Length} live.";
        return (silent, behind) switch
        {
            ([], []) => new("processes", DatabaseFindingOutcome.Ok, $"{live} All that keep a heartbeat act on the newest change of the switch."),
            (_, [var first, ..]) => new("processes", DatabaseFindingOutcome.Notice,
                $"{live} {behind.Length} of them had not acted on the newest change when asked: {Name(first)}. If that lasts, it hangs or cannot read the switch."),
            ([var first, ..], _) => new("processes", DatabaseFindingOutcome.Notice,
                $"{live} {silent.Length} not seen for 30 s: {Name(first)}, {Terminal.Age(report.At - first.LastSeenAt)} ago. It has crashed, is stopped or does not reach the database; its row goes after a day."),
        };
    }

    private static DatabaseFinding JudgeClock(TimeSpan difference) => difference.Duration() <= Tolerance
        ? new("clock", DatabaseFindingOutcome.Ok, "This machine and the database agree on the time.")
        : new("clock", DatabaseFindingOutcome.Notice,
            $"The database's clock is {Terminal.Age(difference.Duration())} {(difference > TimeSpan.Zero ? "ahead of" : "behind")} this machine's. Heartbeats go by the database's; the times of changes by that of whoever made them.");

    private static string Name(KillSwitchProcess process) => $"{process.Program}, pid {process.Pid} on {process.Host}";
}
