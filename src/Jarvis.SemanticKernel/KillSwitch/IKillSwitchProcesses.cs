namespace Jarvis.SemanticKernel;

/// <summary>
/// Says which processes act on the kill switch and which change of it they have taken over. It knows those that call models through this package with
/// <see cref="KillSwitchOptions.Heartbeat"/> on, and no others. Thread-safe.
/// </summary>
public interface IKillSwitchProcesses
{
    /// <summary>Reads the processes and the current version of the switch. A process whose version is not lower has acknowledged the change that made it.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The processes, silent ones included, and the current version.</returns>
    /// <exception cref="KillSwitchUnavailableException">They cannot be read.</exception>
    Task<KillSwitchProcessReport> GetProcessesAsync(CancellationToken cancellationToken = default);
}
