using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

/// <summary>Calls whose process died are recorded as unresolved, once, and never in the place of the call itself.</summary>
public sealed class OrphanedCallsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CallsOfADeadProcess_AreRecordedAndItsFileIsRemoved()
    {
        ModelCallContext[] calls = [.. Enumerable.Range(0, 100).Select(_ => CallsUnderWay.New())];
        Die(calls, i => i % 3 == 0 ? null : $"gen-{i}");
        await using JournalUnderTest next = new(_folder.Path, new MemoryStore());

        Assert.True(await next.Journal.LookAsync());

        Assert.Equal(
            calls.Select((call, i) => CallsUnderWay.Orphan(call, i % 3 == 0 ? null : $"gen-{i}")).OrderBy(call => call.CallId), next.Store.Calls.OrderBy(call => call.CallId));
        Assert.Empty(_folder.Files());
        Assert.Equal(2, next.Logged(3050));
    }

    [Fact]
    public async Task CallsOfALivingProcess_AreItsOwn()
    {
        await using JournalUnderTest alive = new(_folder.Path, new MemoryStore());
        ModelCallContext call = CallsUnderWay.New();
        ICallIntent intent = alive.Journal.Begin(call);
        await using JournalUnderTest other = new(_folder.Path, new MemoryStore());

        Assert.True(await other.Journal.LookAsync());
        Assert.True(await alive.Journal.LookAsync());

        Assert.Empty(other.Store.Calls.Concat(alive.Store.Calls));
        intent.Settle(call);
    }

    [Fact]
    public async Task CallThatWasCommittedJustBefore_StaysAsItIs()
    {
        ModelCallContext call = CallsUnderWay.New();
        Die([call]);
        MemoryStore store = new();
        AiCallRecord committed = JournalBytes.FullRecord with { CallId = call.CallId };
        await store.AppendAsync([committed], Ct);
        await using JournalUnderTest next = new(_folder.Path, store);

        Assert.True(await next.Journal.LookAsync());

        Assert.Equal([committed], store.Calls);
    }

    // Killed between the journal's fsync and the end of the intent.
    [Fact]
    public async Task CallWhoseRecordWaitsInTheJournal_IsThatRecordWhateverIsReplayedWhen()
    {
        ModelCallContext call = CallsUnderWay.New();
        AiCallRecord record = JournalBytes.FullRecord with { CallId = call.CallId };
        string owner = Path.GetFileName(Die([call])).Split('-')[0];
        string journal = Path.Combine(_folder.Path, $"{owner}-000002.journal");
        await File.WriteAllBytesAsync(journal, JournalBytes.Write(record), Ct);
        await using JournalUnderTest one = new(_folder.Path, new MemoryStore());
        await using JournalUnderTest two = new(_folder.Path, one.Store);
        using (FileStream heldByAnother = JournalFolder.TryAdopt(journal)!)
        {
            Assert.False(await one.Journal.LookAsync());
            Assert.Empty(one.Store.Calls);
        }

        Assert.True(await two.Journal.LookAsync());

        Assert.Equal([record], one.Store.Calls);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task StoreFailsMeanwhile_TheCallsAreInTheJournalOfWhoFoundThem()
    {
        ModelCallContext call = CallsUnderWay.New();
        Die([call]);
        await using JournalUnderTest next = new(_folder.Path, new MemoryStore { Fails = _ => new IOException("down") });

        Assert.True(await next.Journal.LookAsync());
        Assert.Single(_folder.Files("*.journal"));
        Assert.Empty(_folder.Files("*.intents"));
        next.Store.Fails = _ => null;
        Assert.True(await next.Journal.LookAsync());

        Assert.Equal([CallsUnderWay.Orphan(call)], next.Store.Calls);
    }

    [Fact]
    public async Task DamagedSlot_IsReportedAndTheOthersAreRecorded()
    {
        ModelCallContext[] calls = [CallsUnderWay.New(), CallsUnderWay.New()];
        string file = Die(calls);
        byte[] bytes = await File.ReadAllBytesAsync(file, Ct);
        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Ct);
        await using JournalUnderTest next = new(_folder.Path, new MemoryStore());

        Assert.True(await next.Journal.LookAsync());

        Assert.Equal([CallsUnderWay.Orphan(calls[1])], next.Store.Calls);
        Assert.Equal(1, next.Logged(3051));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Assert.Single(_folder.Files("*.damaged")), Ct));
    }

    [Fact]
    public async Task TwoThatLookAtOnce_EveryCallIsHandedInOnce()
    {
        for (int process = 0; process < 20; process++)
        {
            Die([.. Enumerable.Range(0, 10).Select(_ => CallsUnderWay.New())]);
        }

        MemoryStore store = new();
        await using JournalUnderTest one = new(_folder.Path, store);
        await using JournalUnderTest two = new(_folder.Path, store);
        await Task.WhenAll(Task.Run(() => one.Journal.LookAsync(), Ct), Task.Run(() => two.Journal.LookAsync(), Ct));

        Assert.Equal((200, 0), (store.Calls.Count, store.Repeated));
        Assert.Empty(_folder.Files());
    }

    /// <summary>Leaves behind what a process leaves that is killed during these calls, and returns the first of its files.</summary>
    private string Die(ModelCallContext[] calls, Func<int, string?>? generationId = null)
    {
        using TemporaryFolder process = new();
        using CallIntents intents = new(new JournalFolder(process.Path), new FakeTimeProvider(CallsUnderWay.StartedAt));
        for (int i = 0; i < calls.Length; i++)
        {
            intents.Begin(calls[i]);
            calls[i].GenerationId = generationId?.Invoke(i);
        }

        string[] left = [.. process.Files().Order().Select(file => Path.Combine(_folder.Path, Path.GetFileName(file)))];
        foreach (string file in process.Files())
        {
            File.Copy(file, Path.Combine(_folder.Path, Path.GetFileName(file)));
        }

        return left[0];
    }
}
