using System.Globalization;

namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>The processes that keep a heartbeat, for people.</summary>
internal static class ProcessTable
{
    public static void Show(Terminal screen, KillSwitchProcessReport report)
    {
        int live = report.Processes.Count(process => process.IsLive);
        int behind = report.Processes.Count(process => process.IsLive && process.SwitchVersion < report.CurrentVersion);
        string silent = report.Processes.Count == live ? "" : $"; {report.Processes.Count - live} not seen for 30 s";
        if (behind > 0)
        {
            screen.Alarm("processes", $"{live - behind} of {live} live ones act on the newest change{silent}");
        }
        else
        {
            screen.Fact("processes", (live switch { 0 => "none with a heartbeat is live", 1 => "1 live, acts on the newest change", _ => $"{live} live, all act on the newest change" }) + silent);
        }

        if (report.Processes.Count > 0)
        {
            screen.Table(["Pid", "Running", "Seen", "Newest change", "Program", "Host"], report.Processes.Select(process => new[]
            {
                process.Pid.ToString(CultureInfo.InvariantCulture),
                Terminal.Age((process.IsLive ? report.At : process.LastSeenAt) - process.StartedAt),
                $"{Terminal.Age(report.At - process.LastSeenAt)} ago",
                !process.IsLive ? "silent" : process.SwitchVersion < report.CurrentVersion ? "NOT YET" : "acts on it",
                process.Program,
                process.Host,
            }));
        }
    }
}
