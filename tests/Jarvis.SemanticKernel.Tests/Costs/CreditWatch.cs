using System.Globalization;
using System.Text;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.Costs;

/// <summary>Monitors over the simulator, in a time that the tests set, with what they say.</summary>
internal sealed class CreditWatch : IAsyncDisposable
{
    private readonly FakeLogCollector _logs = new();
    private int _reads;

    private CreditWatch(OpenRouterSimulator upstream)
    {
        Upstream = upstream;
        upstream.OnRead = path => path == "/key" ? Read() : null;
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));

    public OpenRouterSimulator Upstream { get; }

    /// <summary>What every process brings.</summary>
    public CreditNotices Notices { get; } = new();

    public IReadOnlyList<FakeLogRecord> Logs => _logs.GetSnapshot();

    public int Reads => Volatile.Read(ref _reads);

    /// <summary>What the key has left; what the simulator says when nothing is set.</summary>
    public decimal? Left { get; set; }

    public bool Fails { get; set; }

    public static async Task<CreditWatch> StartAsync() => new(await OpenRouterSimulator.StartAsync(
        new OpenRouterSimulatorOptions { ApiKey = JarvisHarness.ApiKey, KeyLimitUsd = 10m }, TestContext.Current.CancellationToken));

    /// <summary>Starts what is a process with a monitor.</summary>
    public Task<JarvisHarness> StartProcessAsync(Action<JarvisRoutingOptions>? configure = null, OpenRouterSimulator? upstream = null, Action<IServiceCollection>? register = null) =>
        JarvisHarness.StartAsync(
            configure: configure,
            register: services =>
            {
                services.AddSingleton<TimeProvider>(Clock);
                services.AddSingleton<IOperatorNotifier>(Notices);
                services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(_logs)));
                register?.Invoke(services);
            },
            upstream: upstream ?? Upstream,
            ownsUpstream: false);

    /// <summary>Lets a process look, so many minutes later, at so much.</summary>
    public async Task CheckAsync(JarvisHarness process, int minutes, decimal left)
    {
        Clock.Advance(TimeSpan.FromMinutes(minutes));
        Left = left;
        await process.Services.GetRequiredService<ICreditMonitor>().CheckAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => Upstream.DisposeAsync();

    private SimulatedReply? Read()
    {
        Interlocked.Increment(ref _reads);
        return Fails ? SimulatedReply.Error(500, "sk-or-v1-secret")
            : Left is { } left ? SimulatedReply.Raw(
                200,
                [new("content-type", "application/json")],
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""{"data":{"limit":100,"limit_remaining":{{{left}}},"usage":1.25,"byok_usage":0.5}}""")))
            : null;
    }
}
