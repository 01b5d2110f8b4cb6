using System.Runtime.CompilerServices;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public sealed class KillSwitchWatchTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Listening_OfAKernelThatNobodyHoldsAnyMore_Ends()
    {
        var changes = new Changes();
        using KillSwitchWatch watch = Watch(changes);
        WeakReference<KillSwitchGuard> guard = StartForAGuardThatIsDropped(watch);
        CancellationToken listening = await changes.Started.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        await Eventually.TrueAsync(
            () =>
            {
                GC.Collect();
                return Task.FromResult(!guard.TryGetTarget(out _));
            },
            Ct);
        Assert.False(listening.IsCancellationRequested);
        changes.OnHearing!();

        Assert.True(listening.IsCancellationRequested);
    }

    [Fact]
    public async Task Listening_OfAKernelInUse_GoesOn()
    {
        var changes = new Changes();
        using KillSwitchWatch watch = Watch(changes);
        KillSwitchGuard guard = Guard(watch);
        watch.Start(guard);
        CancellationToken listening = await changes.Started.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        GC.Collect();
        changes.OnHearing!();
        changes.OnChange!();

        Assert.False(listening.IsCancellationRequested);
        GC.KeepAlive(guard);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<KillSwitchGuard> StartForAGuardThatIsDropped(KillSwitchWatch watch)
    {
        KillSwitchGuard guard = Guard(watch);
        watch.Start(guard);
        return new WeakReference<KillSwitchGuard>(guard);
    }

    private static KillSwitchWatch Watch(Changes changes) =>
        new(changes, Options.Create(new JarvisRoutingOptions()), TimeProvider.System, NullLogger<KillSwitchWatch>.Instance);

    private static KillSwitchGuard Guard(KillSwitchWatch watch) =>
        new(new FakeKillSwitchStore(), Options.Create(new JarvisRoutingOptions()), TimeProvider.System, NullLogger<KillSwitchGuard>.Instance, watch: watch);

    private sealed class Changes : IKillSwitchChanges
    {
        public TaskCompletionSource<CancellationToken> Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Action? OnHearing { get; private set; }

        public Action? OnChange { get; private set; }

        public bool CanBeHeard => true;

        public Task ListenAsync(Action onHearing, Action onChange, CancellationToken cancellationToken)
        {
            (OnHearing, OnChange) = (onHearing, onChange);
            Started.TrySetResult(cancellationToken);
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
