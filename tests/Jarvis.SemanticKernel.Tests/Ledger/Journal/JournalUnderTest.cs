using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Ledger.Journal;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

/// <summary>The ledger of one process, on real files, over a store in memory and a clock that stands still.</summary>
internal sealed class JournalUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The ledger disposes it.")]
    public JournalUnderTest(string folder, MemoryStore store)
    {
        Store = store;
        JarvisRoutingOptions options = new();
        Journal = new LedgerJournal(new JournalFolder(folder), store, () => Ledger!, options.Ledger.StoreTimeout, Clock, new FakeLogger<LedgerJournal>(Logs));
        Ledger = new JournaledLedger(
            new GroupCommitLedger(Journal.Store, Options.Create(options), Clock, new FakeLogger<GroupCommitLedger>()), Journal, new FakeLogger<JournaledLedger>(Logs));
    }

    public MemoryStore Store { get; }

    public FakeTimeProvider Clock { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public LedgerJournal Journal { get; }

    public JournaledLedger Ledger { get; }

    public int Logged(int id) => Logs.GetSnapshot().Count(entry => entry.Id.Id == id);

    /// <summary>Lets time pass until the task has ended.</summary>
    public async Task PassTimeUntilAsync(Task ended)
    {
        using CancellationTokenSource bounded = new(Bound);
        while (!ended.IsCompleted)
        {
            Clock.Advance(Step);
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(5), bounded.Token));
            bounded.Token.ThrowIfCancellationRequested();
        }

        await ended;
    }

    /// <summary>Lets time pass until the condition holds.</summary>
    public Task PassTimeUntilAsync(Func<bool> condition) => PassTimeUntilAsync(Task.Run(async () =>
    {
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }
    }));

    public ValueTask DisposeAsync() => Ledger.DisposeAsync();
}
