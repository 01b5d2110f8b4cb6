namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The rows of the processes that act on the switch. Times are the database's.</summary>
internal interface IProcessStore
{
    /// <summary>Writes that the process lives and which version of the switch it acts on; the first time, who it is.</summary>
    Task BeatAsync(Guid id, string host, int pid, string program, long switchVersion, CancellationToken cancellationToken);

    /// <summary>Removes the row of a process that ends in order.</summary>
    Task RemoveAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Removes the rows of processes that were not seen for longer than <paramref name="age"/>.</summary>
    Task RemoveSilentAsync(TimeSpan age, CancellationToken cancellationToken);

    /// <summary>Reads the version of the switch and all rows, those of silent processes too.</summary>
    /// <param name="liveWithin">Who was seen within this time counts as live.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    Task<KillSwitchProcessReport> ReadAsync(TimeSpan liveWithin, CancellationToken cancellationToken);
}
