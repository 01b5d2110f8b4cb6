using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.Ledger;

[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "A ledger holds nothing. Disposing it waits, which is what some of the tests are about.")]
public class GroupCommitLedgerTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly AsyncLocal<string?> Ambient = new();

    private readonly FakeTimeProvider _clock = new();
    private readonly FakeLogCollector _logs = new();

    private static TimeSpan StoreTimeout => new LedgerOptions().StoreTimeout;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LoneCaller_GoesAtOnceAndWaitsForTheCommit()
    {
        FakeAiCallStore store = new();
        AiCallRecord record = Record();

        Task appended = Ledger(store).AppendAsync(record);

        // Nobody else had a chance to do anything yet.
        Assert.Equal([record], Assert.Single(store.Commits).Batch);
        Assert.False(appended.IsCompleted);
        store.Commits[0].Ending.SetResult();
        await appended.WaitAsync(Bound, Ct);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task CallersThatWait_ShareTheNextCommit(int concurrentBatches)
    {
        FakeAiCallStore store = new() { MaxConcurrentBatches = concurrentBatches };
        GroupCommitLedger ledger = Ledger(store);
        List<Task> appended = [];
        for (int i = 1; i <= concurrentBatches; i++)
        {
            appended.Add(ledger.AppendAsync(Record()));
            await store.WaitForCommitsAsync(i, Ct);
        }

        AiCallRecord[] waiting = [.. Enumerable.Range(0, 20).Select(_ => Record())];
        appended.AddRange(waiting.Select(ledger.AppendAsync));
        Assert.Equal(concurrentBatches, store.Commits.Count);
        store.Commits[0].Ending.SetResult();
        await store.WaitForCommitsAsync(concurrentBatches + 1, Ct);

        Assert.Equal(waiting, store.Commits[^1].Batch);
        foreach (FakeAiCallStore.Commit commit in store.Commits)
        {
            commit.Ending.TrySetResult();
        }

        await Task.WhenAll(appended).WaitAsync(Bound, Ct);
        Assert.Equal(concurrentBatches, store.MostInFlight);
    }

    [Fact]
    public async Task ManyCallersAtOnce_EveryRecordIsCommittedOnceInBatchesOfAtMost500()
    {
        FakeAiCallStore store = new() { OnCommit = _ => null };
        GroupCommitLedger ledger = Ledger(store);
        AiCallRecord[] records = [.. Enumerable.Range(0, 5000).Select(_ => Record())];

        await Task.WhenAll(records.Chunk(625).Select(part => Task.Run(() => Task.WhenAll(part.Select(ledger.AppendAsync)), Ct))).WaitAsync(Bound, Ct);

        Assert.Equal(records.Select(record => record.CallId).Order(), store.Commits.SelectMany(commit => commit.Batch).Select(record => record.CallId).Order());
        Assert.All(store.Commits, commit => Assert.InRange(commit.Batch.Count, 1, 500));
        Assert.InRange(store.MostInFlight, 1, 2);
    }

    [Fact]
    public async Task RefusedRecord_DoesNotTakeTheOthersAlong()
    {
        AiCallRecord poison = Record();
        FakeAiCallStore store = new()
        {
            MaxConcurrentBatches = 1,
            OnCommit = batch => batch.Contains(poison) ? new FormatException("no such character") : null,
            Refuses = failure => failure is FormatException,
        };
        AiCallRecord[] good = [Record(), Record(), Record()];
        GroupCommitLedger ledger = Ledger(store);

        Task failing = ledger.AppendAsync(poison);
        await Task.WhenAll(good.Select(ledger.AppendAsync)).WaitAsync(Bound, Ct);

        LedgerException lost = await Assert.ThrowsAsync<LedgerException>(() => failing.WaitAsync(Bound, Ct));
        Assert.Same(poison, lost.Record);
        Assert.IsType<FormatException>(lost.InnerException);
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(2, 1, 3)]
    [InlineData(3, 1, 5)]
    [InlineData(500, 0, 19)]
    [InlineData(500, 250, 19)]
    [InlineData(500, 499, 19)]
    public async Task OneRefusedRecordInABatch_OnlyItsCallerFailsAndTheBatchIsHalvedAroundIt(int size, int place, int mostAttempts)
    {
        AiCallRecord[] records = [.. Enumerable.Range(0, size).Select(_ => Record())];
        AiCallRecord poison = records[place];
        FakeAiCallStore store = new()
        {
            MaxConcurrentBatches = 1,
            OnCommit = batch => batch.Contains(poison) ? new FormatException("no such character") : null,
            Refuses = failure => failure is FormatException,
            Opening = new(),
        };
        GroupCommitLedger ledger = Ledger(store);
        Task first = ledger.AppendAsync(Record());
        Task[] appended = [.. records.Select(ledger.AppendAsync)];
        store.Opening.SetResult();

        await first.WaitAsync(Bound, Ct);
        Assert.Same(poison, (await Assert.ThrowsAsync<LedgerException>(() => appended[place].WaitAsync(Bound, Ct))).Record);
        await Task.WhenAll(appended.Where((_, i) => i != place)).WaitAsync(Bound, Ct);
        Assert.InRange(store.Commits.Count - 1, 1, Math.Max(1, mostAttempts));
        Assert.Equal(records.Where(record => record != poison), store.Commits.Skip(1).Where(commit => !commit.Batch.Contains(poison)).SelectMany(commit => commit.Batch));
    }

    [Fact]
    public async Task SeveralRefusedRecords_EachCallerGetsItsOwnAnswer()
    {
        AiCallRecord[] records = [.. Enumerable.Range(0, 100).Select(_ => Record())];
        HashSet<AiCallRecord> poison = [records[3], records[4], records[50], records[99]];
        FakeAiCallStore store = new()
        {
            MaxConcurrentBatches = 1,
            OnCommit = batch => batch.Any(poison.Contains) ? new FormatException("no such character") : null,
            Refuses = failure => failure is FormatException,
            Opening = new(),
        };
        GroupCommitLedger ledger = Ledger(store);
        Task[] appended = [ledger.AppendAsync(Record()), .. records.Select(ledger.AppendAsync)];
        store.Opening.SetResult();

        for (int i = 0; i < records.Length; i++)
        {
            Exception? failure = await Xunit.Record.ExceptionAsync(() => appended[i + 1].WaitAsync(Bound, Ct));
            Assert.Equal(poison.Contains(records[i]) ? records[i] : null, (failure as LedgerException)?.Record);
        }
    }

    [Fact]
    public async Task StoreFails_EveryCallerGetsItsOwnRecordBackAndTheNextOneWorks()
    {
        bool isBroken = true;
        FakeAiCallStore store = new() { OnCommit = _ => isBroken ? new IOException("disk full") : null };
        GroupCommitLedger ledger = Ledger(store);
        AiCallRecord[] records = [.. Enumerable.Range(0, 10).Select(_ => Record() with { CostUsd = 0.0076509169000000005m })];

        foreach (AiCallRecord record in records)
        {
            LedgerException lost = await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(record).WaitAsync(Bound, Ct));
            Assert.Same(record, lost.Record);
            Assert.Contains(record.CallId.ToString(), lost.Message, StringComparison.Ordinal);
        }

        Assert.Equal(10, _logs.GetSnapshot().Count(entry => entry.Id.Id == 3006 && entry.Message.Contains("0.0076509169000000005", StringComparison.Ordinal)));
        isBroken = false;
        await ledger.AppendAsync(Record()).WaitAsync(Bound, Ct);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task StoreHangs_CallersFailAfterStoreTimeoutAndTheStoreIsNotGivenMore(int concurrentBatches)
    {
        FakeAiCallStore store = new() { MaxConcurrentBatches = concurrentBatches };
        GroupCommitLedger ledger = Ledger(store);
        List<Task> hanging = [.. Enumerable.Range(0, concurrentBatches).Select(_ => ledger.AppendAsync(Record()))];
        for (int round = 0; round < 3; round++)
        {
            // Some are being written, the others wait for their turn.
            hanging.AddRange(Enumerable.Range(0, 10).Select(_ => ledger.AppendAsync(Record())));
            _clock.Advance(StoreTimeout - TimeSpan.FromMilliseconds(1));
            Assert.Contains(hanging, append => !append.IsCompleted);
            _clock.Advance(TimeSpan.FromMilliseconds(251));
            foreach (Task append in hanging)
            {
                Assert.IsType<TimeoutException>((await Assert.ThrowsAsync<LedgerException>(() => append.WaitAsync(Bound, Ct))).InnerException);
            }

            Assert.Equal(concurrentBatches, store.Commits.Count);
        }

        // The batch has ended, however: its place is free again.
        Task next = ledger.AppendAsync(Record());
        store.Commits[0].Ending.SetException(new IOException("cut"));
        await store.WaitForCommitsAsync(concurrentBatches + 1, Ct);
        store.Commits[^1].Ending.SetResult();
        await next.WaitAsync(Bound, Ct);
        Assert.Equal(concurrentBatches, store.MostInFlight);
    }

    [Fact]
    public async Task CommitAfterTheTimeout_ChangesNothingForItsCaller()
    {
        FakeAiCallStore store = new();
        GroupCommitLedger ledger = Ledger(store);
        Task late = ledger.AppendAsync(Record());
        _clock.Advance(StoreTimeout + TimeSpan.FromMilliseconds(250));
        await Assert.ThrowsAsync<LedgerException>(() => late.WaitAsync(Bound, Ct));

        store.Commits[0].Ending.SetResult();

        await ledger.DisposeAsync().AsTask().WaitAsync(Bound, Ct);
        Assert.True(late.IsFaulted);
        Assert.Single(_logs.GetSnapshot(), entry => entry.Id.Id == 3006);
    }

    [Fact]
    public async Task BatchUnderWay_IsWaitedForByAMuchSmallerOne()
    {
        FakeAiCallStore store = new();
        GroupCommitLedger ledger = await LedgerWithABatchOf100Async(store);
        List<Task> appended = [.. Enumerable.Range(0, 49).Select(_ => ledger.AppendAsync(Record()))];
        Assert.Equal(3, store.Commits.Count);

        appended.Add(ledger.AppendAsync(Record()));

        Assert.Equal(50, store.Commits[3].Batch.Count);
        store.Commits[3].Ending.SetResult();
        await Task.WhenAll(appended).WaitAsync(Bound, Ct);
    }

    [Fact]
    public async Task BatchUnderWay_ThatTakesUnusuallyLong_IsWaitedForByNobody()
    {
        FakeAiCallStore store = new();
        GroupCommitLedger ledger = await LedgerWithABatchOf100Async(store);
        _clock.Advance(TimeSpan.FromMilliseconds(51));

        Task appended = ledger.AppendAsync(Record());

        Assert.Single(store.Commits[3].Batch);
        store.Commits[3].Ending.SetResult();
        await appended.WaitAsync(Bound, Ct);
    }

    [Fact]
    public async Task BatchUnderWay_ThatHangs_FreesThoseWhoCameBeforeLongAndNobodyComesAfter()
    {
        FakeAiCallStore store = new();
        GroupCommitLedger ledger = await LedgerWithABatchOf100Async(store);
        Task appended = ledger.AppendAsync(Record());
        Assert.Equal(3, store.Commits.Count);

        _clock.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Single(store.Commits[3].Batch);
        store.Commits[3].Ending.SetResult();
        await appended.WaitAsync(Bound, Ct);
    }

    [Fact]
    public async Task LargeRecords_GoInBatchesOfAtMostFourMegabytesAndLargerOnesAlone()
    {
        FakeAiCallStore store = new() { MaxConcurrentBatches = 1, OnCommit = _ => null, Opening = new() };
        GroupCommitLedger ledger = Ledger(store);
        AiCallRecord Sized(int bytes) => Record() with { Agent = new string('x', bytes / sizeof(char)) };
        AiCallRecord[] records = [Sized(1_500_000), Sized(1_500_000), Sized(1_500_000), Sized(9_000_000), Sized(100), Sized(4_100_000), Sized(4_190_000)];
        Task[] appended = [ledger.AppendAsync(Record()), .. records.Select(ledger.AppendAsync)];
        store.Opening.SetResult();
        await Task.WhenAll(appended).WaitAsync(Bound, Ct);

        Assert.Equal([1, 2, 1, 1, 2, 1], store.Commits.Select(commit => commit.Batch.Count));
        Assert.Equal(records, store.Commits.Skip(1).SelectMany(commit => commit.Batch));
    }

    [Fact]
    public async Task CallerThatBlocksWhenItsRecordIsDurable_KeepsNobodyElseWaiting()
    {
        FakeAiCallStore store = new() { MaxConcurrentBatches = 1 };
        GroupCommitLedger ledger = Ledger(store);
        using ManualResetEventSlim mayGoOn = new();
        Task blocking = ledger.AppendAsync(Record()).ContinueWith(_ => mayGoOn.Wait(Bound), Ct, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Task ending = Task.Run(() => store.Commits[0].Ending.SetResult(), Ct);

        await Eventually.TrueAsync(() => Task.FromResult(store.InFlight == 0), Ct);
        Task next = ledger.AppendAsync(Record());
        await store.WaitForCommitsAsync(2, Ct);
        store.Commits[1].Ending.SetResult();

        await next.WaitAsync(Bound, Ct);
        Assert.False(blocking.IsCompleted);
        mayGoOn.Set();
        await Task.WhenAll(blocking, ending).WaitAsync(Bound, Ct);
    }

    [Fact]
    public async Task CallersAmbientValues_DoNotReachTheStore()
    {
        List<string?> seen = [];
        FakeAiCallStore store = new() { OnCommit = _ => null, OnAppend = () => seen.Add(Ambient.Value) };
        GroupCommitLedger ledger = Ledger(store);
        Ambient.Value = "the caller's";

        await ledger.AppendAsync(Record()).WaitAsync(Bound, Ct);

        Assert.Equal([null], seen);
        Assert.Equal("the caller's", Ambient.Value);
    }

    [Fact]
    public async Task CallerSuppressesFlow_RecordIsCommitted()
    {
        FakeAiCallStore store = new() { OnCommit = _ => null };
        Task appended;
        using (ExecutionContext.SuppressFlow())
        {
            appended = Ledger(store).AppendAsync(Record());
        }

        await appended.WaitAsync(Bound, Ct);
        Assert.Single(store.Commits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Disposed_WaitsForTheBatchUnderWayAndForThoseThatWait(int concurrentBatches)
    {
        FakeAiCallStore store = new() { MaxConcurrentBatches = concurrentBatches };
        GroupCommitLedger ledger = Ledger(store);
        List<Task> appended = [];
        for (int i = 1; i <= concurrentBatches; i++)
        {
            appended.Add(ledger.AppendAsync(Record()));
            await store.WaitForCommitsAsync(i, Ct);
        }

        appended.Add(ledger.AppendAsync(Record()));
        Task disposed = ledger.DisposeAsync().AsTask();
        for (int i = 0; i <= concurrentBatches; i++)
        {
            Assert.False(disposed.IsCompleted);
            await store.WaitForCommitsAsync(i + 1, Ct);
            store.Commits[i].Ending.SetResult();
            await (i < concurrentBatches - 1 ? appended[i] : Task.CompletedTask).WaitAsync(Bound, Ct);
        }

        await disposed.WaitAsync(Bound, Ct);
        await Task.WhenAll(appended).WaitAsync(Bound, Ct);
    }

    [Fact]
    public async Task DisposedWhileStoreHangs_WaitsNoLongerThanACommitMayTake()
    {
        FakeAiCallStore store = new();
        GroupCommitLedger ledger = Ledger(store);
        Task appended = ledger.AppendAsync(Record());
        await store.WaitForCommitsAsync(1, Ct);

        Task disposed = ledger.DisposeAsync().AsTask();
        await PassStoreTimeoutAsync(Task.WhenAll(disposed, appended));

        await disposed.WaitAsync(Bound, Ct);
        await Assert.ThrowsAsync<LedgerException>(() => appended.WaitAsync(Bound, Ct));
    }

    [Fact]
    public void DisposedWithNothingToWrite_ReturnsAtOnce() => Ledger(new FakeAiCallStore()).Dispose();

    /// <summary>A ledger with one batch of 100 being written, the third, and room for another.</summary>
    private async Task<GroupCommitLedger> LedgerWithABatchOf100Async(FakeAiCallStore store)
    {
        GroupCommitLedger ledger = Ledger(store);
        _ = ledger.AppendAsync(Record());
        Task second = ledger.AppendAsync(Record());
        for (int i = 0; i < 100; i++)
        {
            _ = ledger.AppendAsync(Record());
        }

        store.Commits[0].Ending.SetResult();
        await store.WaitForCommitsAsync(3, Ct);
        Assert.Equal(100, store.Commits[2].Batch.Count);
        store.Commits[1].Ending.SetResult();
        await second.WaitAsync(Bound, Ct);
        return ledger;
    }

    private static AiCallRecord Record() => new()
    {
        CallId = Guid.CreateVersion7(),
        StartedAt = DateTimeOffset.UnixEpoch,
        Tier = Tier.Mid,
        RequestedModel = "model",
        Status = AiCallStatus.Ok,
    };

    private async Task PassStoreTimeoutAsync(Task hanging)
    {
        for (int i = 0; i < 1000 && !hanging.IsCompleted; i++)
        {
            _clock.Advance(StoreTimeout);
            await Task.WhenAny(hanging, Task.Delay(TimeSpan.FromMilliseconds(5), Ct));
        }
    }

    private GroupCommitLedger Ledger(FakeAiCallStore store) =>
        new(store, Options.Create(new JarvisRoutingOptions()), _clock, new FakeLogger<GroupCommitLedger>(_logs));
}
