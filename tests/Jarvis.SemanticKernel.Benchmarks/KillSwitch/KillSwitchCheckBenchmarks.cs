using BenchmarkDotNet.Attributes;
using Jarvis.SemanticKernel.Benchmarks.Measuring;
using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Benchmarks.KillSwitch;

/// <summary>A check of the switch while the last read is fresh: what every prompt, tool and call pays.</summary>
[MemoryDiagnoser]
public class KillSwitchCheckBenchmarks
{
    private KillSwitchGuard _guard = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var options = new JarvisRoutingOptions();
        options.KillSwitch.CacheDuration = TimeSpan.FromMinutes(1);
        _guard = new KillSwitchGuard(new OpenSwitchStore(), Options.Create(options), TimeProvider.System, NullLogger<KillSwitchGuard>.Instance);
        await _guard.ThrowIfActiveAsync(CancellationToken.None);
    }

    [Benchmark]
    public ValueTask CachedCheck() => _guard.ThrowIfActiveAsync(CancellationToken.None);
}
