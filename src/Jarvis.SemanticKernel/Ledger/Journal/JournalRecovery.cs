using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>
/// Looks through the folder for what has to be brought into the ledger: records of this container and of dead ones, then the calls that were under way when their
/// process died. The records come first, since a call of which only the intent is known must not take the place of the call itself.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore whose wait handle nobody asked for holds nothing.")]
internal sealed class JournalRecovery(
    JournalFolder folder, StoreCircuit store, JournalWriter records, JournalWriter refused, JournalReplay replay, OrphanedCalls orphans, ILogger logger)
{
    private const int LargestSample = 1000;

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Looks once; false when something has to be tried again.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever it is, it is tried again, and nothing is removed before it is in the ledger.")]
    public async Task<bool> LookAsync(bool alsoForOrphans = true)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return (!store.IsOpen || await ProbeAsync().ConfigureAwait(false)) && await ReplayAsync().ConfigureAwait(false)
                && (!alsoForOrphans || await RecordOrphansAsync().ConfigureAwait(false));
        }
        catch (Exception e)
        {
            logger.RecoveryFailed(e.GetType().Name, folder.Path, e);
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Tries the store with a record that is to be written anyway: another one each time, in case it is the record that fails.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It still fails: that is the answer.")]
    private async Task<bool> ProbeAsync()
    {
        if (FindSample() is { } sample)
        {
            try
            {
                await store.TryAsync([sample]).ConfigureAwait(false);
            }
            catch (Exception e) when (!store.IsRefusal(e))
            {
                return false;
            }
            catch (Exception)
            {
                // It looked at the record, so it works.
            }
        }
        else if (store.OpenFor < JournalWatch.FirstWait)
        {
            // The record whose failure it was is still on its way into the journal.
            return false;
        }

        store.Close();
        return true;
    }

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Any record will do.")]
    private AiCallRecord? FindSample()
    {
        foreach (string name in folder.Find(JournalFolder.Records))
        {
            using FileStream? file = JournalFolder.TryRead(name);
            if (file is null)
            {
                continue;
            }

            var reader = new JournalReader(file);
            List<AiCallRecord> found = [];
            while (found.Count < LargestSample && reader.Read() is { } entry)
            {
                found.Add(entry.Record);
            }

            if (found.Count > 0)
            {
                return found[Random.Shared.Next(found.Count)];
            }
        }

        return null;
    }

    private async Task<bool> ReplayAsync()
    {
        records.Seal();

        // Nobody replays these by himself: whoever wants to must find a file that he may take.
        refused.Seal();
        bool isDone = true;
        foreach (string file in folder.Find(JournalFolder.Records))
        {
            isDone &= await replay.RunAsync(file).ConfigureAwait(false);
            if (store.IsOpen)
            {
                return false;
            }
        }

        return isDone;
    }

    private async Task<bool> RecordOrphansAsync()
    {
        bool isDone = true;
        foreach (string file in folder.Find(JournalFolder.Intents))
        {
            isDone &= await orphans.RecordAsync(file).ConfigureAwait(false);
        }

        return isDone;
    }
}
