using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Ledger;
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

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LoneCaller_GoesAtOnceAndWaitsForTheCommit()
    {
        FakeAiCallStore store = new();
        AiCallRecord record = Record();

        Task appended = Ledger(store).AppendAsync(record);
        await store.WaitForCommitsAsync(1, Ct);

        Assert.Equal([record], store.Commits[0].Batch);
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

    [Fact]
    public async Task RefusedRecordInTheMiddleOfABatch_OnlyItsCallerFails()
    {
        AiCallRecord poison = Record();
        FakeAiCallStore store = new() { MaxConcurrentBatches = 1, Refuses = failure => failure is FormatException };
        GroupCommitLedger ledger = Ledger(store);
        Task first = ledger.AppendAsync(Record());
        await store.WaitForCommitsAsync(1, Ct);
        Task[] batch = [ledger.AppendAsync(Record()), ledger.AppendAsync(poison), ledger.AppendAsync(Record())];
        store.Commits[0].Ending.SetResult();
        await first.WaitAsync(Bound, Ct);
        await store.WaitForCommitsAsync(2, Ct);

        store.Commits[1].Ending.SetException(new FormatException("no such character"));
        for (int i = 2; i < 5; i++)
        {
            await store.WaitForCommitsAsync(i + 1, Ct);
            FakeAiCallStore.Commit alone = store.Commits[i];
            Assert.Single(alone.Batch);
            if (ReferenceEquals(alone.Batch[0], poison))
            {
                alone.Ending.SetException(new FormatException("no such character"));
            }
            else
            {
                alone.Ending.SetResult();
            }
        }

        await batch[0].WaitAsync(Bound, Ct);
        await batch[2].WaitAsync(Bound, Ct);
        Assert.Same(poison, (await Assert.ThrowsAsync<LedgerException>(() => batch[1].WaitAsync(Bound, Ct))).Record);
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

    [Fact]
    public async Task StoreHangs_FailsAfterStoreTimeoutAndTheNextOneGoes()
    {
        FakeAiCallStore store = new() { MaxConcurrentBatches = 1 };
        GroupCommitLedger ledger = Ledger(store);
        Task hanging = ledger.AppendAsync(Record());
        await store.WaitForCommitsAsync(1, Ct);
        Task next = ledger.AppendAsync(Record());

        // The wait starts after the store's first word, so the clock has to pass the limit as often as it takes.
        await PassStoreTimeoutAsync(hanging);
        LedgerException lost = await Assert.ThrowsAsync<LedgerException>(() => hanging);
        Assert.IsType<TimeoutException>(lost.InnerException);

        await store.WaitForCommitsAsync(2, Ct);
        store.Commits[1].Ending.SetResult();
        await next.WaitAsync(Bound, Ct);
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
            _clock.Advance(new LedgerOptions().StoreTimeout);
            await Task.WhenAny(hanging, Task.Delay(TimeSpan.FromMilliseconds(5), Ct));
        }
    }

    private GroupCommitLedger Ledger(FakeAiCallStore store) =>
        new(store, Options.Create(new JarvisRoutingOptions()), _clock, new FakeLogger<GroupCommitLedger>(_logs));
}
