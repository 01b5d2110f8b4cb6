using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>The journal of one container: what it writes, what it knows of the store, and what brings everything into the store again. Touches no file before first use.</summary>
internal sealed class LedgerJournal : ICallIntents, IAsyncDisposable, IDisposable
{
    private readonly JournalRecovery _recovery;
    private readonly JournalWatch _watch;
    private readonly CallIntents _intents;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private int _isDisposed;

    /// <param name="folder">The folder of the database.</param>
    /// <param name="store">The database.</param>
    /// <param name="ledger">The door through which all calls go, asked for when there is one to record.</param>
    /// <param name="patience">How long the store may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears what is kept and brought in.</param>
    public LedgerJournal(JournalFolder folder, IAiCallStore store, Func<IAiCallLedger> ledger, TimeSpan patience, TimeProvider time, ILogger<LedgerJournal> logger)
    {
        (_patience, _time) = (patience, time);
        _watch = new JournalWatch(time);
        Store = new StoreCircuit(store, patience, time, logger) { Opened = _watch.Wake };
        Records = new JournalWriter(folder, JournalFolder.Records);
        Refused = new JournalWriter(folder, JournalFolder.Refused);
        _intents = new CallIntents(folder, time);
        _recovery = new JournalRecovery(
            folder, Store, Records, Refused, new JournalReplay(Store, Refused, logger), new OrphanedCalls(folder, ledger, logger), logger);
    }

    /// <summary>Gets the store, which nobody waits for while it is known to fail.</summary>
    public StoreCircuit Store { get; }

    /// <summary>Gets the records that wait for the store.</summary>
    public JournalWriter Records { get; }

    /// <summary>Gets the records that the store refuses.</summary>
    public JournalWriter Refused { get; }

    /// <summary>Begins to look for what others left behind, and looks again now and then. Cheap when called again.</summary>
    public void Start() => _watch.Start(_recovery);

    public ICallIntent Begin(ModelCallContext call)
    {
        Start();
        return _intents.Begin(call);
    }

    /// <summary>Looks now; false when something has to be tried again.</summary>
    public Task<bool> LookAsync() => _recovery.LookAsync();

    /// <summary>Says that a record waits.</summary>
    public void Wake() => _watch.Wake();

    /// <summary>Tries once more to bring in what waits, for as long as a commit may take. What is left, the next process brings in.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _watch.Dispose();
        if (Records.HasWritten)
        {
            await ((Task)_recovery.LookAsync(alsoForOrphans: false).WaitAsync(_patience, _time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Records.Dispose();
        Refused.Dispose();
        _intents.Dispose();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
