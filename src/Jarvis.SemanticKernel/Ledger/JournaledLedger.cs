using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Diagnostics;
using Jarvis.SemanticKernel.Ledger.Journal;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Ledger;

/// <summary>
/// A record that the store does not take is durable all the same, in the local journal: waiting for the store when it is the store that fails, and set aside when it is the
/// record that is refused. While the store is known to fail nobody waits for it.
/// </summary>
internal sealed class JournaledLedger : IAiCallLedger, IAsyncDisposable, IDisposable
{
    // A disk that takes longer for one fsync is as good as broken. It has no clock but the real one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly GroupCommitLedger _store;
    private readonly LedgerJournal _journal;
    private readonly ILogger _logger;

    public JournaledLedger(GroupCommitLedger store, LedgerJournal journal, ILogger<JournaledLedger> logger)
    {
        (_store, _journal, _logger) = (store, journal, logger);
        store.TakeOver = TakeOverAsync;
    }

    public Task AppendAsync(AiCallRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        _journal.Start();
        return _journal.Store.IsOpen ? KeepAsync(record) : _store.AppendAsync(record);
    }

    /// <summary>Lets the store commit what was handed over, then brings in what waits in the journal, each for as long as a commit may take.</summary>
    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync().ConfigureAwait(false);
        await _journal.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        _store.Dispose();
        _journal.Dispose();
    }

    private async Task TakeOverAsync(AiCallRecord record, Exception cause)
    {
        if (_journal.Store.IsRefusal(cause))
        {
            await WriteAsync(_journal.Refused, new JournalEntry(record, cause.GetType().Name), cause).ConfigureAwait(false);
            _logger.RecordRefused(record.CallId, record.Tier, record.Status.ToString(), record.CostUsd, cause);
        }
        else
        {
            // A store that hangs says nothing; it is its records that come back too late.
            _journal.Store.Open(cause);
            await KeepAsync(record, cause).ConfigureAwait(false);
        }
    }

    private async Task KeepAsync(AiCallRecord record, Exception? cause = null)
    {
        await WriteAsync(_journal.Records, new JournalEntry(record), cause).ConfigureAwait(false);
        _journal.Wake();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It reaches the caller, with the record.")]
    private async Task WriteAsync(JournalWriter writer, JournalEntry entry, Exception? cause)
    {
        try
        {
            await writer.AppendAsync(entry).WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            AiCallRecord record = entry.Record;
            _logger.RecordNotDurable(record.CallId, record.Tier, record.Status.ToString(), record.CostUsd, e);
            throw new LedgerException(
                $"The record of call {record.CallId} on tier '{record.Tier}' could be made durable neither in the database ({cause?.GetType().Name ?? "it has been failing"}) nor in the local journal "
                + $"({e.GetType().Name}: {e.Message}). The call itself ended with status '{record.Status}'; LedgerException.Record holds its cost. Make room or correct Ledger.JournalFolder, "
                + "then append the record again: its id keeps it from counting twice.",
                record,
                cause is null ? e : new AggregateException(cause, e));
        }
    }
}
