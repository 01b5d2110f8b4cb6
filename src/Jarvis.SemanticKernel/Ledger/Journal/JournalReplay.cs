using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>
/// Brings the records of one file into the store, in batches, and removes the file when all of them are there. Starting over is harmless: a record that is there already
/// stays as it is. A record that fails while others do not is tried in later rounds, then kept as refused, so that one record cannot hold up the rest.
/// </summary>
internal sealed class JournalReplay(StoreCircuit store, JournalWriter refused, ILogger logger)
{
    private const int LargestBatch = 500;
    private const int ProgressEvery = 10_000;
    private const int RoundsBeforeRefusal = 5;

    // Enough to get from the largest batch down to the one record in it that fails.
    private const int MostFailuresInARow = 12;

    private readonly Dictionary<Guid, int> _failedRounds = [];
    private readonly HashSet<Guid> _refusedBefore = [];
    private readonly HashSet<string> _reported = [];
    private readonly List<(AiCallRecord Record, Exception Failure)> _failed = [];
    private int _committed;
    private int _refused;
    private int _failuresInARow;

    /// <summary>Gets how many records of the last file are in the store.</summary>
    public int Committed => _committed;

    /// <summary>Gets how many records of the last file the store refuses.</summary>
    public int Refused => _refused;

    /// <summary>Replays the file; false when some of it has to be tried again.</summary>
    public async Task<bool> RunAsync(string name)
    {
        (_committed, _refused, _failuresInARow) = (0, 0, 0);
        using FileStream? file = JournalFolder.TryAdopt(name);
        if (file is null)
        {
            return true;
        }

        _failed.Clear();
        JournalReader reader = Count(file, out int count);
        if (reader.IsNewer)
        {
            Report(name, static (logger, name) => logger.JournalIsNewer(name));
            return true;
        }

        if (count > 0)
        {
            logger.ReplayStarted(count, name);
        }

        if (!await CommitAllAsync(file, count).ConfigureAwait(false) || !await SettleFailedAsync().ConfigureAwait(false))
        {
            logger.ReplayInterrupted(_committed, count - _committed - _refused, name);
            return false;
        }

        Remove(name, reader);
        _refusedBefore.Clear();
        if (count > 0)
        {
            logger.ReplayDone(_committed, _refused, name);
        }

        return true;
    }

    private static JournalReader Count(FileStream file, out int count)
    {
        var reader = new JournalReader(file);
        for (count = 0; reader.Read() is not null; count++)
        {
        }

        file.Position = 0;
        return reader;
    }

    private async Task<bool> CommitAllAsync(FileStream file, int count)
    {
        var reader = new JournalReader(file);
        List<AiCallRecord> batch = new(LargestBatch);
        int reportAt = ProgressEvery;
        while (reader.Read() is { } entry)
        {
            batch.Add(entry.Record);
            if (batch.Count < LargestBatch)
            {
                continue;
            }

            if (!await TryCommitAsync(batch).ConfigureAwait(false))
            {
                return false;
            }

            batch.Clear();
            if (_committed >= reportAt)
            {
                logger.ReplayProgress(_committed, count - _committed);
                reportAt += ProgressEvery;
            }
        }

        return batch.Count == 0 || await TryCommitAsync(batch).ConfigureAwait(false);
    }

    /// <summary>Halves a batch that fails, down to the record that is the reason. False when it is the store that fails.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever the store fails with, the records stay in the file.")]
    private async Task<bool> TryCommitAsync(List<AiCallRecord> batch)
    {
        Exception failure;
        try
        {
            await store.TryAsync(batch).ConfigureAwait(false);
            _committed += batch.Count;
            _failuresInARow = 0;
            return true;
        }
        catch (Exception e)
        {
            failure = e;
        }

        bool isRefusal = store.IsRefusal(failure);
        _failuresInARow = isRefusal ? 0 : _failuresInARow + 1;
        if (failure.GetBaseException() is TimeoutException || _failuresInARow == MostFailuresInARow)
        {
            store.Open(failure);
            return false;
        }

        if (batch.Count > 1)
        {
            return await TryCommitAsync(batch[..(batch.Count / 2)]).ConfigureAwait(false) && await TryCommitAsync(batch[(batch.Count / 2)..]).ConfigureAwait(false);
        }

        if (isRefusal)
        {
            await RefuseAsync(batch[0], failure).ConfigureAwait(false);
        }
        else
        {
            _failed.Add((batch[0], failure));
        }

        return true;
    }

    /// <summary>Counts the rounds of the records that failed alone. When nothing else worked either, it may be the store.</summary>
    private async Task<bool> SettleFailedAsync()
    {
        if (_failed.Count > 0 && _committed == 0)
        {
            store.Open(_failed[0].Failure);
            return false;
        }

        bool areSettled = true;
        foreach ((AiCallRecord record, Exception failure) in _failed)
        {
            int rounds = _failedRounds.GetValueOrDefault(record.CallId) + 1;
            _failedRounds[record.CallId] = rounds;
            if (rounds < RoundsBeforeRefusal)
            {
                areSettled = false;
            }
            else
            {
                await RefuseAsync(record, failure).ConfigureAwait(false);
                _failedRounds.Remove(record.CallId);
            }
        }

        return areSettled;
    }

    private async Task RefuseAsync(AiCallRecord record, Exception cause)
    {
        _refused++;
        if (_refusedBefore.Add(record.CallId))
        {
            await refused.AppendAsync(new JournalEntry(record, cause.GetType().Name)).ConfigureAwait(false);
            logger.RecordRefused(record.CallId, record.Tier, record.Status.ToString(), record.CostUsd, cause);
        }
    }

    private void Remove(string name, JournalReader reader)
    {
        if (reader.Damages > 0)
        {
            string kept = name + JournalFolder.Damaged;
            File.Move(name, kept, overwrite: true);
            logger.JournalDamaged(reader.Damages, kept);
            return;
        }

        if (reader.IsTorn)
        {
            logger.JournalTorn(name);
        }

        File.Delete(name);
    }

    private void Report(string name, Action<ILogger, string> log)
    {
        if (_reported.Add(name))
        {
            log(logger, name);
        }
    }
}
