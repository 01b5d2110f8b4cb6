namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>What lies in the journal and in no list of calls, or why that cannot be told.</summary>
internal sealed record JournalCount(LedgerJournalState? State, string? Fault)
{
    public static async Task<JournalCount> ReadAsync(ILedgerJournal journal, CancellationToken cancellationToken)
    {
        try
        {
            return new JournalCount(await journal.GetStateAsync(cancellationToken), null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new JournalCount(null, exception.Message);
        }
    }

    public JournalDocument ToDocument() => new(State?.Folder, State?.WaitingRecords, State?.RefusedRecords, State?.DamagedFiles, Fault);

    public void Show(Terminal screen)
    {
        if (State is not { } state)
        {
            screen.Alarm("journal", $"cannot be read: {Fault}");
            return;
        }

        string content = $"{state.WaitingRecords} records wait, {state.RefusedRecords} are refused, {state.DamagedFiles} files are damaged in {state.Folder}";
        if (state is { RefusedRecords: 0, DamagedFiles: 0 })
        {
            screen.Fact("journal", content);
        }
        else
        {
            screen.Alarm("journal", $"{content}: they are in no list and no sum. docs/ledger.md says what to do");
        }
    }
}
