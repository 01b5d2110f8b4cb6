using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

/// <summary>A store that does not take records costs nobody a record and, once it is known, nobody any time.</summary>
public sealed class JournaledLedgerTests : IAsyncDisposable
{
    private const int StoreFails = 3040;
    private const int StoreWorksAgain = 3041;
    private const int Refused = 3042;
    private const int NotDurable = 3006;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly MemoryStore _store = new();
    private readonly JournalUnderTest _jarvis;

    public JournaledLedgerTests() => _jarvis = new JournalUnderTest(_folder.Path, _store);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _store.Gate = Task.CompletedTask;
        await _jarvis.PassTimeUntilAsync(_jarvis.DisposeAsync().AsTask());
        _folder.Dispose();
    }

    [Fact]
    public async Task StoreWorks_NoFileIsTouched()
    {
        await AppendAsync(JournalBytes.Short(1));

        Assert.Equal([JournalBytes.Short(1)], _store.Calls);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task StoreFails_TheRecordIsInTheJournalAndTheCallSucceeds()
    {
        _store.Fails = _ => new IOException("down");
        for (int i = 1; i <= 10; i++)
        {
            await AppendAsync(JournalBytes.Short(i));
            Assert.Equal(i, Waiting().Count);
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(JournalBytes.Short), Waiting());

        // The second by whoever looks for what others left behind.
        Assert.InRange(_store.Attempts, 1, 2);
        Assert.Equal((1, 0), (_jarvis.Logged(StoreFails), _jarvis.Logged(NotDurable)));
    }

    [Fact]
    public async Task StoreHangs_OnlyThoseWhoCameBeforeItWasKnownWaitForIt()
    {
        _store.Gate = Task.Delay(Timeout.Infinite, Ct);
        Task[] before = [.. Enumerable.Range(1, 2000).Select(JournalBytes.Short).Select(_jarvis.Ledger.AppendAsync)];
        await Eventually.TrueAsync(() => Task.FromResult(_store.Attempts > 0), Ct);
        Assert.DoesNotContain(before, task => task.IsCompleted);

        await _jarvis.PassTimeUntilAsync(Task.WhenAll(before));
        await AppendAsync(JournalBytes.Short(2001));

        // Those that were on their way, and a sample now and then, but none of the many that waited behind them.
        Assert.InRange(_store.Offered, 1, (_store.MaxConcurrentBatches * 500) + 100);
        Assert.Equal(2001, Waiting().Count);
    }

    [Fact]
    public async Task StoreComesBack_EverythingIsThereOnceAndTheJournalIsGone()
    {
        _store.Fails = _ => new IOException("down");
        await Task.WhenAll(Enumerable.Range(1, 1234).Select(JournalBytes.Short).Select(AppendAsync));

        _store.Fails = _ => null;
        await _jarvis.PassTimeUntilAsync(() => _store.Calls.Count == 1234 && _folder.Files().Length == 0);
        await AppendAsync(JournalBytes.Short(1235));

        Assert.Equal(Enumerable.Range(1, 1235).Select(JournalBytes.Short), _store.Calls.OrderBy(call => call.StartedAt));
        Assert.Empty(_folder.Files());
        Assert.Equal((1, 1), (_jarvis.Logged(StoreFails), _jarvis.Logged(StoreWorksAgain)));
        Assert.Contains(_jarvis.Logs.GetSnapshot(), line => line.Message.StartsWith("Replaying 1234 records", StringComparison.Ordinal));
        Assert.Contains(_jarvis.Logs.GetSnapshot(), line => line.Message.StartsWith("Replayed 1234 records", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BatchThatCommitsAfterItsTimeout_IsThereOnce()
    {
        TaskCompletionSource late = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Gate = late.Task;
        Task appended = _jarvis.Ledger.AppendAsync(JournalBytes.Short(1));
        await Eventually.TrueAsync(() => Task.FromResult(_store.Attempts == 1), Ct);
        await _jarvis.PassTimeUntilAsync(appended);

        late.SetResult();
        await Eventually.TrueAsync(() => Task.FromResult(_store.Calls.Count == 1), Ct);
        await _jarvis.PassTimeUntilAsync(() => _folder.Files().Length == 0);

        Assert.Equal([JournalBytes.Short(1)], _store.Calls);
        Assert.True(_store.Repeated > 0);
    }

    [Fact]
    public async Task RefusedRecord_IsSetAsideWithItsReasonAndTheOthersAreNot()
    {
        _store.Fails = batch => batch.Contains(JournalBytes.Short(2)) ? new FormatException("the value of the row") : null;

        await Task.WhenAll(Enumerable.Range(1, 3).Select(JournalBytes.Short).Select(AppendAsync));

        Assert.Equal([JournalBytes.Short(1), JournalBytes.Short(3)], _store.Calls.OrderBy(call => call.StartedAt));
        JournalEntry refused = Assert.Single(Entries(JournalFolder.Refused));
        Assert.Equal(new JournalEntry(JournalBytes.Short(2), nameof(FormatException)), refused);
        Assert.Empty(Waiting());
        Assert.Equal(LogLevel.Error, Assert.Single(_jarvis.Logs.GetSnapshot(), line => line.Id.Id == Refused).Level);
        Assert.Equal(0, _jarvis.Logged(StoreFails));
        Assert.Equal(new LedgerJournalState(_folder.Path, 0, 1, 0), await StateAsync());
    }

    [Fact]
    public async Task RefusedAmongThoseThatWait_IsSetAsideAndNotTriedForEver()
    {
        _store.Fails = _ => new IOException("down");
        await Task.WhenAll(Enumerable.Range(1, 1000).Select(JournalBytes.Short).Select(AppendAsync));
        Assert.Equal(new LedgerJournalState(_folder.Path, 1000, 0, 0), await StateAsync());

        _store.Fails = batch => batch.Contains(JournalBytes.Short(700)) ? new FormatException("no") : null;
        await _jarvis.PassTimeUntilAsync(() => _folder.Files("*.journal").Length == 0);

        Assert.Equal(999, _store.Calls.Count);
        Assert.Equal([JournalBytes.Short(700)], Entries(JournalFolder.Refused).Select(entry => entry.Record));
        Assert.Equal(new LedgerJournalState(_folder.Path, 0, 1, 0), await StateAsync());
    }

    // A failure that nobody knows for a refusal, of a trigger that somebody put on the table for instance.
    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(1000)]
    public async Task RecordThatAlwaysFails_HoldsUpNobodyAndIsSetAsideInTheEnd(int poison)
    {
        _store.Fails = _ => new IOException("down");
        await Task.WhenAll(Enumerable.Range(1, 1000).Select(JournalBytes.Short).Select(AppendAsync));

        _store.Fails = batch => batch.Contains(JournalBytes.Short(poison)) ? new InvalidOperationException("not this one") : null;
        await _jarvis.PassTimeUntilAsync(() => _store.Calls.Count == 999);
        await _jarvis.PassTimeUntilAsync(() => _folder.Files("*.journal").Length == 0);

        Assert.Equal(new JournalEntry(JournalBytes.Short(poison), nameof(InvalidOperationException)), Assert.Single(Entries(JournalFolder.Refused)));
    }

    [Fact]
    public async Task StoreThatFailsNowAndThen_EndsUpWithEveryRecordOnce()
    {
        int attempts = 0;
        _store.Fails = _ => ++attempts % 10 == 7 ? new IOException("this time") : null;
        for (int i = 0; i < 40; i++)
        {
            await Task.WhenAll(Enumerable.Range(1, 50).Select(n => (i * 50) + n).Select(JournalBytes.Short).Select(AppendAsync));
            _jarvis.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        await _jarvis.PassTimeUntilAsync(() => _folder.Files().Length == 0);

        Assert.Equal(Enumerable.Range(1, 2000).Select(JournalBytes.Short), _store.Calls.OrderBy(call => call.StartedAt));
        Assert.True(_jarvis.Logged(StoreFails) > 1);
    }

    [Fact]
    public async Task NeitherStoreNorJournal_TheCallerGetsTheRecordBack()
    {
        string noFolder = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(noFolder, "", Ct);
        await using JournalUnderTest jarvis = new(noFolder, new MemoryStore { Fails = _ => new IOException("down") });

        for (int i = 1; i <= 3; i++)
        {
            LedgerException lost = await Assert.ThrowsAsync<LedgerException>(() => jarvis.Ledger.AppendAsync(JournalBytes.Short(i)).WaitAsync(Bound, Ct));
            Assert.Equal(JournalBytes.Short(i), lost.Record);
            Assert.Contains(JournalBytes.Short(i).CallId.ToString(), lost.Message, StringComparison.Ordinal);
        }

        Assert.Equal(3, jarvis.Logged(NotDurable));
        jarvis.Store.Fails = _ => null;
        await jarvis.PassTimeUntilAsync(() => jarvis.Logged(StoreWorksAgain) == 1);
        await jarvis.Ledger.AppendAsync(JournalBytes.Short(1)).WaitAsync(Bound, Ct);
        Assert.Equal([JournalBytes.Short(1)], jarvis.Store.Calls);
    }

    [Fact]
    public async Task DisposedWhenTheStoreIsBack_DrainsWithoutWaitingForItsTurn()
    {
        _store.Fails = _ => new IOException("down");
        await AppendAsync(JournalBytes.Short(1));
        _store.Fails = _ => null;

        await _jarvis.DisposeAsync().AsTask().WaitAsync(Bound, Ct);

        Assert.Equal([JournalBytes.Short(1)], _store.Calls);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task DisposedWhileTheStoreHangs_EndsInTimeAndTheNextProcessBringsItIn()
    {
        _store.Fails = _ => new IOException("down");
        await AppendAsync(JournalBytes.Short(1));
        _store.Gate = Task.Delay(Timeout.Infinite, Ct);
        await _jarvis.PassTimeUntilAsync(_jarvis.DisposeAsync().AsTask());

        // A call may outlive its container.
        await AppendAsync(JournalBytes.Short(2));
        Assert.Equal(2, Waiting().Count);

        await using JournalUnderTest next = new(_folder.Path, new MemoryStore());
        next.Journal.Start();
        await next.PassTimeUntilAsync(() => _folder.Files().Length == 0);
        Assert.Equal([JournalBytes.Short(1), JournalBytes.Short(2)], next.Store.Calls.OrderBy(call => call.StartedAt));
    }

    private Task AppendAsync(AiCallRecord record) => _jarvis.Ledger.AppendAsync(record).WaitAsync(Bound, Ct);

    private Task<LedgerJournalState> StateAsync() => new JournalExamination(new JournalFolder(_folder.Path), _ => throw new NotSupportedException()).GetStateAsync(Ct);

    private List<AiCallRecord> Waiting() => [.. Entries(JournalFolder.Records).Select(entry => entry.Record)];

    private List<JournalEntry> Entries(string kind)
    {
        List<JournalEntry> entries = [];
        foreach (string name in _folder.Files("*" + kind))
        {
            using FileStream file = JournalFolder.TryRead(name)!;
            JournalReader reader = new(file);
            while (reader.Read() is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }
}
