namespace Jarvis.SemanticKernel;

/// <summary>What is in the local journal of a database.</summary>
/// <param name="Folder">Where it lies, or <see langword="null"/> when <see cref="LedgerOptions.UseJournal"/> is off. May not exist yet.</param>
/// <param name="WaitingRecords">How many records wait for the database.</param>
/// <param name="RefusedRecords">How many records the database refuses: they are in no report. See docs/ledger.md for what to do with them.</param>
/// <param name="DamagedFiles">How many files were damaged, of which only what could be read is in the ledger.</param>
public sealed record LedgerJournalState(string? Folder, long WaitingRecords, long RefusedRecords, int DamagedFiles);
