namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>Counts what is in a folder, and has what was refused put back; without a folder, there is nothing to count.</summary>
internal sealed class JournalExamination(JournalFolder? folder, Func<JournalFolder, RefusedRecords> refused) : ILedgerJournal
{
    public Task<JournalRetryReport> RetryRefusedAsync(CancellationToken cancellationToken = default) => folder is null
        ? Task.FromResult(new JournalRetryReport(0, 0, 0, null))
        : Task.Run(() => refused(folder).RetryAsync(cancellationToken), cancellationToken);

    public Task<LedgerJournalState> GetStateAsync(CancellationToken cancellationToken = default) => folder is null
        ? Task.FromResult(new LedgerJournalState(null, 0, 0, 0))
        : Task.Run(
            () => new LedgerJournalState(
                folder.Path,
                ReadAll(folder.Find(JournalFolder.Records), cancellationToken).LongCount(),

                // A replay that was interrupted may have set a record aside twice.
                ReadAll(folder.Find(JournalFolder.Refused), cancellationToken).Select(entry => entry.Record.CallId).Distinct().LongCount(),
                folder.Find(JournalFolder.Damaged).Count),
            cancellationToken);

    private static IEnumerable<JournalEntry> ReadAll(IEnumerable<string> files, CancellationToken cancellationToken)
    {
        foreach (string name in files)
        {
            using FileStream? file = JournalFolder.TryRead(name);
            JournalReader? reader = file is null ? null : new JournalReader(file);
            while (reader?.Read() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return entry;
            }
        }
    }
}
