using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>Puts records back that the database refused, when its cause is gone. What is refused again is set aside again.</summary>
internal sealed class RefusedRecords(JournalFolder folder, IAiCallStore store, TimeSpan patience, TimeProvider time, ILogger<LedgerJournal> logger)
{
    public async Task<JournalRetryReport> RetryAsync(CancellationToken cancellationToken)
    {
        var circuit = new StoreCircuit(store, patience, time, logger);
        using var refused = new JournalWriter(folder, JournalFolder.Refused);
        var replay = new JournalReplay(circuit, refused, logger);
        (long stored, long stillRefused, int inUse) = (0, 0, 0);
        foreach (string file in folder.Find(JournalFolder.Refused))
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isDone = await replay.RunAsync(file).ConfigureAwait(false);
            stored += replay.Committed;
            stillRefused += replay.Refused;
            if (!isDone)
            {
                // One that fails without a word about the record is tried again by whoever asks again.
                string fault = circuit.IsOpen ? "The database does not take records." : "The database fails on some records without saying that they are why.";
                return new JournalRetryReport(stored, stillRefused, inUse, fault);
            }

            inUse += File.Exists(file) ? 1 : 0;
        }

        return new JournalRetryReport(stored, stillRefused, inUse, null);
    }
}
