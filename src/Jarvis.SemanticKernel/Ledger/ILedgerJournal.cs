namespace Jarvis.SemanticKernel;

/// <summary>The local journal of the database, as the processes that share its folder left it. Thread-safe.</summary>
public interface ILedgerJournal
{
    /// <summary>Counts what is in the journal. Changes nothing.</summary>
    /// <param name="cancellationToken">Ends the counting.</param>
    /// <returns>What is there at this moment, without what a process is replaying.</returns>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    Task<LedgerJournalState> GetStateAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Puts the refused records into the database, when the cause why it refused them is gone. Each is stored once, however often this is done and whoever does it at the
    /// same time; what is refused again stays in the journal.
    /// </summary>
    /// <param name="cancellationToken">Ends it after the file it is at.</param>
    /// <returns>What became of them.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    Task<JournalRetryReport> RetryRefusedAsync(CancellationToken cancellationToken = default);
}
