using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Ledger;

/// <summary>Who shares a commit, and what a caller has to do with it.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "A ledger holds nothing. Disposing it waits, which is what some of the tests are about.")]
public class GroupCommitLedgerTests : GroupCommitTests
{
    private static readonly AsyncLocal<string?> Ambient = new();

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
    public void DisposedWithNothingToWrite_ReturnsAtOnce() => Ledger(new FakeAiCallStore()).Dispose();
}
