using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Testing.Tests;

/// <summary>A fresh simulator on a clock that stands still, and a client for it.</summary>
public abstract class SimulatorTest : IAsyncLifetime
{
    private OpenRouterSimulator? _simulator;
    private SimulatorClient? _client;

    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 8, 16, 16, 28, 21, TimeSpan.Zero));

    internal OpenRouterSimulator Simulator => _simulator!;

    internal SimulatorClient Client => _client!;

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new OpenRouterSimulatorOptions { TimeProvider = Clock };
        Configure(options);
        _simulator = await OpenRouterSimulator.StartAsync(options, Ct);
        _client = new SimulatorClient(_simulator);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _client?.Dispose();
        if (_simulator is not null)
        {
            await _simulator.DisposeAsync();
        }
    }

    /// <summary>Lets a test class set what its simulator starts with.</summary>
    protected virtual void Configure(OpenRouterSimulatorOptions options)
    {
    }

    /// <summary>The data of a stream's events, terminator included.</summary>
    internal static IReadOnlyList<string> EventsOf(string stream) =>
        [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(part => part.StartsWith("data: ", StringComparison.Ordinal)).Select(part => part[6..])];

    internal static IReadOnlyList<JsonElement> ChunksOf(string stream) =>
        [.. EventsOf(stream).Where(data => data != "[DONE]").Select(Parse)];

    internal static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    internal static JsonElement DeltaOf(JsonElement chunk) => chunk.GetProperty("choices")[0].GetProperty("delta");

    internal static string[] KeysOf(JsonElement json) => [.. json.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)];
}
