using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Ledger;

namespace Jarvis.SemanticKernel.Tests.Ledger;

/// <summary>A store that takes long, or never answers: who waits for whom, and how long.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "A ledger holds nothing. Disposing it waits, which is what some of the tests are about.")]
public class GroupCommitHangTests : GroupCommitTests
{
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
            Clock.Advance(StoreTimeout - TimeSpan.FromMilliseconds(1));
            Assert.Contains(hanging, append => !append.IsCompleted);
            Clock.Advance(TimeSpan.FromMilliseconds(251));
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
        Clock.Advance(StoreTimeout + TimeSpan.FromMilliseconds(250));
        await Assert.ThrowsAsync<LedgerException>(() => late.WaitAsync(Bound, Ct));

        store.Commits[0].Ending.SetResult();

        await ledger.DisposeAsync().AsTask().WaitAsync(Bound, Ct);
        Assert.True(late.IsFaulted);
        Assert.Single(Logs.GetSnapshot(), entry => entry.Id.Id == 3006);
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
        Clock.Advance(TimeSpan.FromMilliseconds(51));

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

        Clock.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Single(store.Commits[3].Batch);
        store.Commits[3].Ending.SetResult();
        await appended.WaitAsync(Bound, Ct);
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
}
