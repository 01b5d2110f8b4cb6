using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>
/// Records the calls that were under way when their process died. What became of them nobody here knows: they may have been answered and billed, or never have reached the
/// network. They go through the same door as any call, under the ids they had.
/// </summary>
internal sealed class OrphanedCalls(JournalFolder folder, Func<IAiCallLedger> ledger, ILogger logger)
{
    /// <summary>Records what is in the file, if its owner is dead, and removes it; false when that has to be tried again.</summary>
    public async Task<bool> RecordAsync(string name)
    {
        using FileStream? file = JournalFolder.TryAdopt(name);
        if (file is null)
        {
            return true;
        }

        if (folder.HasRecordsOfOwner(name))
        {
            // One of them may be that of a call in here.
            return false;
        }

        List<AiCallRecord> calls = Read(file, out int damaged);
        if (calls.Count > 0)
        {
            logger.CallsOrphaned(calls.Count, name);
            try
            {
                await Task.WhenAll(calls.Select(ledger().AppendAsync)).ConfigureAwait(false);
            }
            catch (LedgerException)
            {
                return false;
            }
        }

        if (damaged > 0)
        {
            string kept = name + JournalFolder.Damaged;
            File.Move(name, kept, overwrite: true);
            logger.IntentsDamaged(damaged, kept);
        }
        else
        {
            File.Delete(name);
        }

        return true;
    }

    private static List<AiCallRecord> Read(FileStream file, out int damaged)
    {
        damaged = 0;
        List<AiCallRecord> calls = [];
        byte[] slot = new byte[IntentFormat.SlotSize];
        while (file.ReadAtLeast(slot, slot.Length, throwOnEndOfStream: false) == slot.Length)
        {
            if (!IntentFormat.IsOpen(slot))
            {
                continue;
            }

            if (IntentFormat.TryRead(slot, out AiCallRecord? call))
            {
                calls.Add(call);
            }
            else
            {
                damaged++;
            }
        }

        return calls;
    }
}
