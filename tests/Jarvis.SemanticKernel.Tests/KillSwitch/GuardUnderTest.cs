using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

internal sealed class GuardUnderTest
{
    public GuardUnderTest(Action<KillSwitchOptions>? configure = null)
    {
        JarvisRoutingOptions options = new();
        configure?.Invoke(options.KillSwitch);
        Options = options.KillSwitch;
        Guard = new KillSwitchGuard(Store, Microsoft.Extensions.Options.Options.Create(options), Clock, new FakeLogger<KillSwitchGuard>(Logs));
        Switch = new StoredKillSwitch(Guard, Store, Clock);
    }

    public FakeKillSwitchStore Store { get; } = new();

    public FakeTimeProvider Clock { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public KillSwitchOptions Options { get; }

    public KillSwitchGuard Guard { get; }

    public StoredKillSwitch Switch { get; }

    public Task CheckAsync() => Guard.ThrowIfActiveAsync(TestContext.Current.CancellationToken).AsTask();

    public void LetCacheExpire() => Clock.Advance(Options.CacheDuration);
}
