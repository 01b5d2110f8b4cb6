using System.Runtime.CompilerServices;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public sealed class KillSwitchHubTests
{
    private readonly KillSwitchHubs _process = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Listening_OfAKernelThatNobodyHoldsAnyMore_Ends()
    {
        var changes = new FakeChanges();
        WeakReference<KillSwitchMember> dropped = StartContainerThatIsDropped(changes);
        CancellationToken listening = await changes.StartedAsync();

        await DroppedAsync(dropped);
        Assert.False(listening.IsCancellationRequested);
        changes.OnHearing!();

        Assert.True(listening.IsCancellationRequested);
    }

    [Fact]
    public async Task Listening_OfAKernelInUse_GoesOn()
    {
        var changes = new FakeChanges();
        Container container = Start(changes);
        CancellationToken listening = await changes.StartedAsync();

        GC.Collect();
        changes.OnHearing!();
        changes.OnChange!();

        Assert.False(listening.IsCancellationRequested);
        GC.KeepAlive(container);
    }

    [Fact]
    public async Task Listening_OfOneContainer_ServesAll()
    {
        FakeChanges[] changes = [new(), new(), new()];
        Container first = Start(changes[0]);
        await changes[0].StartedAsync();
        Container[] containers = [first, Start(changes[1]), Start(changes[2])];
        await Eventually.TrueAsync(() => Task.FromResult(Array.TrueForAll(containers, container => container.Store.Reads == 1)), Ct);

        changes[0].OnChange!();
        await Eventually.TrueAsync(() => Task.FromResult(Array.TrueForAll(containers, container => container.Store.Reads == 2)), Ct);

        Assert.False(changes[1].IsListening || changes[2].IsListening);
        Array.ForEach(containers, GC.KeepAlive);
    }

    [Fact]
    public async Task Listening_OfAContainerThatIsDisposed_PassesToAnother()
    {
        FakeChanges[] changes = [new(), new()];
        Container first = Start(changes[0]);
        CancellationToken listening = await changes[0].StartedAsync();
        Container second = Start(changes[1]);

        await first.Member.DisposeAsync();
        Assert.True(listening.IsCancellationRequested);
        CancellationToken handedOver = await changes[1].StartedAsync();
        await second.Member.DisposeAsync();

        Assert.True(handedOver.IsCancellationRequested);
        GC.KeepAlive(first.Guard);
    }

    [Fact]
    public async Task Listening_OfAKernelThatIsDropped_PassesToAnother()
    {
        FakeChanges[] changes = [new(), new()];
        WeakReference<KillSwitchMember> dropped = StartContainerThatIsDropped(changes[0]);
        CancellationToken listening = await changes[0].StartedAsync();
        Container second = Start(changes[1]);

        await DroppedAsync(dropped);
        changes[0].OnHearing!();

        Assert.True(listening.IsCancellationRequested);
        await changes[1].StartedAsync();
        GC.KeepAlive(second);
    }

    [Fact]
    public async Task Listening_ThatFails_IsTriedWithTheConnectionOfAnother()
    {
        FakeChanges[] changes = [new(), new()];
        Container first = Start(changes[0]);
        await changes[0].StartedAsync();
        Container second = Start(changes[1]);
        Assert.False(changes[1].IsListening);
        changes[0].Fail();

        await changes[1].StartedAsync();
        GC.KeepAlive(first);
        GC.KeepAlive(second);
    }

    [Fact]
    public async Task Listening_AfterTheLastContainerLeft_BeginsAgainWithTheNext()
    {
        FakeChanges[] changes = [new(), new()];
        Container first = Start(changes[0]);
        await changes[0].StartedAsync();
        await first.Member.DisposeAsync();
        Container second = Start(changes[1]);

        await changes[1].StartedAsync();
        GC.KeepAlive(second);
    }

    [Fact]
    public void Hubs_OfDifferentDatabasesListensAndClocks_AreDifferent()
    {
        KillSwitchHub hub = _process.Of("database", "listen", TimeProvider.System);

        Assert.Same(hub, _process.Of("database", "listen", TimeProvider.System));
        Assert.NotSame(hub, _process.Of("other", "listen", TimeProvider.System));
        Assert.NotSame(hub, _process.Of("database", "other", TimeProvider.System));
        Assert.NotSame(hub, _process.Of("database", "listen", new Microsoft.Extensions.Time.Testing.FakeTimeProvider()));
        Assert.NotSame(hub, new KillSwitchHubs().Of("database", "listen", TimeProvider.System));
    }

    [Fact]
    public async Task Activation_IsToldAcrossListens()
    {
        Container one = Start(new FakeChanges());
        Container other = Create(new FakeChanges(), listen: "direct");

        await one.Switch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        Assert.True(other.Guard.StopToken.IsCancellationRequested);
    }

    private static Task DroppedAsync(WeakReference<KillSwitchMember> dropped) => Eventually.TrueAsync(
        () =>
        {
            GC.Collect();
            return Task.FromResult(!dropped.TryGetTarget(out _));
        },
        Ct);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference<KillSwitchMember> StartContainerThatIsDropped(FakeChanges changes) => new(Start(changes).Member);

    private Container Start(FakeChanges changes)
    {
        Container container = Create(changes, "listen");
        container.Guard.Look();
        container.Member.Start();
        return container;
    }

    private Container Create(FakeChanges changes, string listen)
    {
        var member = new KillSwitchMember(
            _process.Of("database", listen, TimeProvider.System), changes, heartbeats: null, new KillSwitchOptions { CacheDuration = TimeSpan.FromMinutes(1) }, NullLogger<KillSwitchMember>.Instance);
        return new Container(member);
    }

    private sealed class Container
    {
        public Container(KillSwitchMember member)
        {
            Member = member;
            Guard = new KillSwitchGuard(Store, Options.Create(new JarvisRoutingOptions()), TimeProvider.System, NullLogger<KillSwitchGuard>.Instance, member);
            Switch = new StoredKillSwitch(Guard, Store, TimeProvider.System);
        }

        public FakeKillSwitchStore Store { get; } = new();

        public KillSwitchMember Member { get; }

        public KillSwitchGuard Guard { get; }

        public StoredKillSwitch Switch { get; }
    }

    private sealed class FakeChanges : IKillSwitchChanges
    {
        private readonly TaskCompletionSource<CancellationToken> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Action? OnHearing { get; private set; }

        public Action? OnChange { get; private set; }

        public bool IsListening => _started.Task.IsCompleted;

        public bool CanBeHeard => true;

        public void Fail() => _failure.SetException(new IOException("wrong password"));

        public Task<CancellationToken> StartedAsync() => _started.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        public Task ListenAsync(Action onHearing, Action onChange, CancellationToken cancellationToken)
        {
            (OnHearing, OnChange) = (onHearing, onChange);
            _started.TrySetResult(cancellationToken);
            return _failure.Task.WaitAsync(cancellationToken);
        }
    }
}
