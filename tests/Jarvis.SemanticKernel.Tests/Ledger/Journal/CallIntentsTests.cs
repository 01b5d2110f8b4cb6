using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

public sealed class CallIntentsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CallIntents _intents;

    public CallIntentsTests() => _intents = new CallIntents(new JournalFolder(_folder.Path), new FakeTimeProvider(CallsUnderWay.StartedAt));

    public void Dispose()
    {
        _intents.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void CallUnderWay_IsInTheFileAndSettledItIsNot()
    {
        ModelCallContext call = CallsUnderWay.New();
        ICallIntent intent = _intents.Begin(call);
        Assert.Equal([CallsUnderWay.Orphan(call)], Read());

        call.GenerationId = "gen-1";
        Assert.Equal([CallsUnderWay.Orphan(call, "gen-1")], Read());

        intent.Settle(call);
        Assert.Empty(Read());
    }

    [Fact]
    public void GenerationIdOfASettledCall_ReachesNoOther()
    {
        ModelCallContext first = CallsUnderWay.New();
        _intents.Begin(first).Settle(first);
        ModelCallContext second = CallsUnderWay.New();
        _intents.Begin(second);

        first.GenerationId = "gen-1";

        Assert.Equal([CallsUnderWay.Orphan(second)], Read());
    }

    [Fact]
    public void ManyCallsAtOnce_EachHasASlotAndSlotsAreUsedAgain()
    {
        for (int round = 0; round < 3; round++)
        {
            (ModelCallContext Call, ICallIntent Intent)[] calls =
                [.. Enumerable.Range(0, 300).AsParallel().Select(_ => CallsUnderWay.New()).Select(call => (call, _intents.Begin(call)))];

            Assert.Equal(calls.Select(call => call.Call.CallId).Order(), Read().Select(call => call.CallId).Order());
            calls.AsParallel().ForAll(call => call.Intent.Settle(call.Call));
            Assert.Empty(Read());
        }

        Assert.Equal(5, _folder.Files().Length);
    }

    [Fact]
    public void Call_AllocatesNothing()
    {
        ModelCallContext call = CallsUnderWay.New();
        _intents.Begin(call).Settle(call);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            ICallIntent intent = _intents.Begin(call);
            call.GenerationId = "gen-1";
            intent.Settle(call);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Disposed_AfterItsFolderWasRemoved_IsNoFailure()
    {
        ModelCallContext call = CallsUnderWay.New();
        _intents.Begin(call).Settle(call);
        Directory.Delete(_folder.Path, recursive: true);

        _intents.Dispose();

        Assert.False(Directory.Exists(_folder.Path));
        Directory.CreateDirectory(_folder.Path);
    }

    [Fact]
    public void Disposed_TheFileGoesWithTheLastCall()
    {
        ModelCallContext call = CallsUnderWay.New();
        ICallIntent intent = _intents.Begin(call);

        _intents.Dispose();
        Assert.Null(JournalFolder.TryAdopt(Assert.Single(_folder.Files())));
        Assert.Throws<JournalUnavailableException>(() => _intents.Begin(CallsUnderWay.New()));
        intent.Settle(call);

        Assert.Empty(_folder.Files());
    }

    private List<AiCallRecord> Read() => IntentFiles.Read(_folder);
}
