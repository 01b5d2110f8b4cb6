using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Ledger;

namespace Jarvis.SemanticKernel.Tests.Ledger;

/// <summary>A store that refuses records or fails: whose caller hears of it.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "A ledger holds nothing. Disposing it waits, which is what some of the tests are about.")]
public class GroupCommitRefusalTests : GroupCommitTests
{
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

        Assert.Equal(10, Logs.GetSnapshot().Count(entry => entry.Id.Id == 3006 && entry.Message.Contains("0.0076509169000000005", StringComparison.Ordinal)));
        isBroken = false;
        await ledger.AppendAsync(Record()).WaitAsync(Bound, Ct);
    }
}
