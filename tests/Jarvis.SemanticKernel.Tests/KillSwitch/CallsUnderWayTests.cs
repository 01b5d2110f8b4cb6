using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Routing;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public class CallsUnderWayTests
{
    private static readonly KillSwitchScope Strong = KillSwitchScope.ForTier("strong");

    private readonly CallsUnderWay _calls = new(KillSwitchInFlight.Finish);

    [Fact]
    public void Activated_StopsTheCallsThatAreCoveredAndNoOthers()
    {
        using StopLink strong = Start("strong");
        using StopLink cheap = Start("cheap");

        _calls.Apply(Snapshot(2, (Strong, IsActive: true, 2)));

        Assert.Equal(Strong, strong.StoppedBy!.Scope);
        Assert.Null(cheap.StoppedBy);
        _calls.Apply(Snapshot(3, (Strong, IsActive: true, 2), (KillSwitchScope.Global, IsActive: true, 3)));
        Assert.Equal(KillSwitchScope.Global, cheap.StoppedBy!.Scope);
        Assert.Equal(Strong, strong.StoppedBy!.Scope);
    }

    [Fact]
    public void ActivatedAndReleasedBetweenTwoReads_StopsTheCallsThatBeganBefore()
    {
        _calls.Apply(Snapshot(5, (Strong, IsActive: false, 4)));
        using StopLink before = Start("strong", version: 5);
        using StopLink cheap = Start("cheap", version: 5);

        _calls.Apply(Snapshot(7, (Strong, IsActive: false, 6)));
        using StopLink after = Start("strong", version: 7);

        Assert.Equal((Strong, true), (before.StoppedBy!.Scope, before.StoppedBy.IsActive));
        Assert.Null(cheap.StoppedBy);
        Assert.Null(after.StoppedBy);
    }

    [Fact]
    public void ActivatedAfterTheCheckAndBeforeTheCallIsAdded_StopsItAtOnce()
    {
        _calls.Apply(Snapshot(6, (Strong, IsActive: false, 6)));

        using StopLink released = Start("strong", version: 5);
        Assert.NotNull(released.StoppedBy);

        _calls.Apply(Snapshot(7, (Strong, IsActive: true, 7)));
        using StopLink active = Start("strong", version: 6);
        Assert.NotNull(active.StoppedBy);
    }

    [Fact]
    public void CannotBeTold_EndsNothing()
    {
        using StopLink strong = Start("strong");

        _calls.Apply(KillSwitchSnapshot.Of(new KillSwitchRows(2, [new(Strong.Key, "garbage", null, 0), new("kill_switch", "garbage", null, 0)]), KillSwitchSnapshot.Empty));

        Assert.Null(strong.StoppedBy);
    }

    [Fact]
    public void CallOfACallInsideOfACoveredOne_IsStoppedToo()
    {
        AmbientCall outside = AmbientCall.Current;
        LogicalCall.Create("strong", "m", CallAttribution.None, isStreaming: false).Enter();
        using StopLink nested = Start("cheap");
        AmbientCall.Current = outside;

        _calls.Apply(Snapshot(2, (Strong, IsActive: true, 2)));

        Assert.Equal(Strong, nested.StoppedBy!.Scope);
    }

    [Fact]
    public async Task AddedAndRemovedByManyWhileSwitchesChange_NoneIsForgotten()
    {
        int missed = 0;
        using CancellationTokenSource over = new();
        Task[] callers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                StopLink[] links = [Start("strong"), Start("cheap"), Start("strong")];
                links[1].Dispose();
                links[2].Dispose();
                links[0].Dispose();
                missed += links[1].StoppedBy is not null ? 1 : 0;
            }
        }))];
        for (int version = 1; version <= 2000; version++)
        {
            using StopLink link = Start("strong", version - 1);
            _calls.Apply(Snapshot(version, (Strong, IsActive: version % 2 == 0, version)));
            Assert.NotNull(link.StoppedBy);
        }

        await over.CancelAsync();
        await Task.WhenAll(callers);
        Assert.Equal(0, missed);
    }

    private static KillSwitchSnapshot Snapshot(long version, params (KillSwitchScope Scope, bool IsActive, long ActivatedIn)[] switches) => KillSwitchSnapshot.Of(
        new KillSwitchRows(version, [.. switches.Select(one => new KillSwitchRow(one.Scope.Key, one.IsActive ? FakeKillSwitchStore.Active : FakeKillSwitchStore.Open, null, one.ActivatedIn))]),
        KillSwitchSnapshot.Empty);

    private StopLink Start(string tier, long version = 0)
    {
        using HttpRequestMessage request = new();
        var call = LogicalCall.Create(tier, "m", CallAttribution.None, isStreaming: false);
        call.Latch.BeginAt(version);
        new TierRequest(new TierTarget(tier, "m"), call).StampOn(request);
        var link = new StopLink(request, KillSwitchSubject.Of(request), CancellationToken.None);
        link.Watch = _calls.Add(link);
        return link;
    }
}
