using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

internal sealed class GuardUnderTest
{
    private readonly StoredKillSwitchGate _gate;

    public GuardUnderTest(Action<KillSwitchOptions>? configure = null)
    {
        JarvisRoutingOptions options = new();
        configure?.Invoke(options.KillSwitch);
        Options = options.KillSwitch;
        Guard = new KillSwitchGuard(Store, Microsoft.Extensions.Options.Options.Create(options), Clock, new FakeLogger<KillSwitchGuard>(Logs));
        Switch = new StoredKillSwitch(Guard, Store, Clock);
        _gate = new StoredKillSwitchGate(Guard);
    }

    public FakeKillSwitchStore Store { get; } = new();

    public FakeTimeProvider Clock { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public KillSwitchOptions Options { get; }

    public KillSwitchGuard Guard { get; }

    public StoredKillSwitch Switch { get; }

    public Task CheckAsync() => Guard.ThrowIfActiveAsync(TestContext.Current.CancellationToken).AsTask();

    /// <summary>Checks a request of a tier, as the handlers do.</summary>
    public async Task CheckAsync(string tier)
    {
        using HttpRequestMessage request = new();
        new TierRequest(new TierTarget(tier, "vendor/model"), call: null).StampOn(request);
        await _gate.ThrowIfStoppedAsync(KillSwitchSubject.Of(request), TestContext.Current.CancellationToken);
    }

    public Task ActivateAsync(KillSwitchScope scope) =>
        Switch.ActivateAsync("too dear", "test", new KillSwitchActivation { Scope = scope }, TestContext.Current.CancellationToken);

    public void LetCacheExpire() => Clock.Advance(Options.CacheDuration);
}
