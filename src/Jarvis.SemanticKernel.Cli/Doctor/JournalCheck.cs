namespace Jarvis.SemanticKernel.Cli.Doctor;

/// <summary>Whether records of this database lie in the local journal instead of in it. Looks at the default folder: what an agent sets in code is not known here.</summary>
internal static class JournalCheck
{
    private const string Subject = "journal";

    public static async Task<DatabaseFinding> RunAsync(ILedgerJournal journal, CancellationToken cancellationToken)
    {
        try
        {
            return Finding(await journal.GetStateAsync(cancellationToken));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new(Subject, DatabaseFindingOutcome.Notice, $"Cannot be read: {exception.Message}");
        }
    }

    private static DatabaseFinding Finding(LedgerJournalState state)
    {
        string content = $"{state.WaitingRecords} records wait, {state.RefusedRecords} are refused, {state.DamagedFiles} files are damaged in {state.Folder}.";
        return state switch
        {
            { RefusedRecords: > 0 } or { DamagedFiles: > 0 } => new(Subject, DatabaseFindingOutcome.Fault, $"{content} docs/ledger.md says what to do."),
            { WaitingRecords: > 0 } => new(Subject, DatabaseFindingOutcome.Notice, $"{content} The next process of this user that makes a call brings in what waits."),
            _ => new(Subject, DatabaseFindingOutcome.Ok, $"Nothing waits in {state.Folder}."),
        };
    }
}
