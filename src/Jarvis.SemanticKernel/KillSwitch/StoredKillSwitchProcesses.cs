namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The processes in the shared database.</summary>
internal sealed class StoredKillSwitchProcesses(IKillSwitchStore store, IProcessStore processes) : IKillSwitchProcesses
{
    // Three beats: one that is late, or lost, is no death.
    public static readonly TimeSpan LiveWithin = 3 * KillSwitchHeartbeat.Interval;

    public async Task<KillSwitchProcessReport> GetProcessesAsync(CancellationToken cancellationToken = default)
    {
        KillSwitchProcessReport? report = null;
        await KillSwitchChange.WriteAsync(
            store, async token => report = await processes.ReadAsync(LiveWithin, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return report!;
    }
}
