namespace Jarvis.SemanticKernel;

/// <summary>The local journal of the database, as the processes that share its folder left it. Changes nothing. Thread-safe.</summary>
public interface ILedgerJournal
{
    /// <summary>Counts what is in the journal.</summary>
    /// <param name="cancellationToken">Ends the counting.</param>
    /// <returns>What is there at this moment, without what a process is replaying.</returns>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    Task<LedgerJournalState> GetStateAsync(CancellationToken cancellationToken = default);
}
