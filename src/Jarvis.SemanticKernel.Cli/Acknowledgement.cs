using System.Diagnostics;

namespace Jarvis.SemanticKernel.Cli;

/// <summary>Which of the processes that were live after a change of the switch act on it.</summary>
/// <param name="Took">From the beginning of the command until the last one did, or until nobody waited any longer.</param>
/// <param name="Reached">Those that do.</param>
/// <param name="Missing">Those that do not, as they were last seen.</param>
/// <param name="Silent">How many were not waited for, since they had not been seen for long.</param>
/// <param name="At">When that was read, by the database's clock.</param>
/// <param name="Fault">Why it is not known, as a sentence; null when it is.</param>
internal sealed record Acknowledgement(TimeSpan Took, IReadOnlyList<KillSwitchProcess> Reached, IReadOnlyList<KillSwitchProcess> Missing, int Silent, DateTimeOffset At, string? Fault)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    public bool IsComplete => Fault is null && Missing.Count == 0;

    /// <summary>Waits until all of them act on it, or until <paramref name="wait"/> is over. Whatever fails, the change is made: it does not throw.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="startedAt">When the command began.</param>
    /// <param name="wait">How long to wait.</param>
    /// <param name="cancellationToken">Interrupts the waiting.</param>
    public static async Task<Acknowledgement> WaitAsync(IKillSwitchProcesses processes, long startedAt, TimeSpan wait, CancellationToken cancellationToken)
    {
        long waitingSince = Stopwatch.GetTimestamp();
        try
        {
            KillSwitchProcessReport report = await ReadAsync();
            long version = report.CurrentVersion;
            KillSwitchProcess[] awaited = [.. report.Processes.Where(process => process.IsLive)];
            int silent = report.Processes.Count - awaited.Length;
            for (TimeSpan pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                // One that has gone in order has no row any more; one that hangs or has crashed still has.
                KillSwitchProcess[] now = [.. report.Processes.IntersectBy(awaited.Select(process => process.Id), process => process.Id)];
                KillSwitchProcess[] missing = [.. now.Where(process => process.SwitchVersion < version)];
                if (missing.Length == 0 || Left() <= TimeSpan.Zero)
                {
                    return new Acknowledgement(Stopwatch.GetElapsedTime(startedAt), [.. now.Except(missing)], missing, silent, report.At, Fault: null);
                }

                await Task.Delay(pause, cancellationToken);
                report = await ReadAsync();
            }
        }
        catch (KillSwitchUnavailableException exception)
        {
            return Unknown(Failure.InTermsOfTheCommandLine((exception.InnerException as JarvisDatabaseException ?? (Exception)exception).Message));
        }
        catch (TimeoutException)
        {
            return Unknown("The database did not answer.");
        }

        TimeSpan Left() => wait - Stopwatch.GetElapsedTime(waitingSince);

        // A moment is granted even when none is left: what was waited for may just have come.
        Task<KillSwitchProcessReport> ReadAsync() =>
            processes.GetProcessesAsync(cancellationToken).WaitAsync(Left() is var left && left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1), cancellationToken);

        Acknowledgement Unknown(string fault) => new(Stopwatch.GetElapsedTime(startedAt), [], [], 0, default, fault);
    }
}
