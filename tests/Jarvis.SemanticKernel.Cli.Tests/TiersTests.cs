using System.Text.Json;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;
using Jarvis.SemanticKernel.Testing;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary><c>jarvis tiers</c>: what serves each tier and where that was said; the price where the endpoint tells it.</summary>
public sealed class TiersTests : IAsyncLifetime
{
    private const string Key = "sk-or-v1-canary-tiers";

    private readonly CommandLine _jarvis = new();
    private OpenRouterSimulator? _upstream;

    public async ValueTask InitializeAsync()
    {
        OpenRouterSimulatorOptions options = new() { ApiKey = Key };
        options.Prices["google/cheap"] = new ModelPrice(0.00000025m, 0.0000015m, 0m);
        _upstream = await OpenRouterSimulator.StartAsync(options, TestContext.Current.CancellationToken);
        _jarvis.Environment["OPENROUTER_API_KEY"] = Key;
        _jarvis.Environment["OPENROUTER_BASE_URL"] = _upstream.Endpoint.ToString();
        _jarvis.Environment["JARVIS_MODEL_CHEAP"] = "google/cheap";
        _jarvis.Environment["JARVIS_MODEL_STRONG"] = "anthropic/claude-opus-4.6:nitro";
    }

    public async ValueTask DisposeAsync()
    {
        _jarvis.Dispose();
        await _upstream!.DisposeAsync();
    }

    [Fact]
    public async Task Document_HasEachTierWithItsSourceAndPrice()
    {
        CliResult result = await _jarvis.RunAsync("tiers", "--json");

        Assert.True(result.ExitCode == 0, result.All);
        JsonElement document = result.Document;
        Assert.Equal(_upstream!.Endpoint.ToString().TrimEnd('/'), document.GetProperty("endpoint").GetString());
        Assert.Equal(("OPENROUTER_BASE_URL", "mid"), (document.GetProperty("endpointSource").GetString(), document.GetProperty("defaultTier").GetString()));
        Assert.Equal(JsonValueKind.Null, document.GetProperty("pricesUnknown").ValueKind);
        JsonElement[] tiers = [.. document.GetProperty("tiers").EnumerateArray()];
        Assert.Equal(["strong", "mid", "cheap"], tiers.Select(tier => tier.GetProperty("name").GetString()));
        Assert.Equal(["anthropic/claude-opus-4.6:nitro", "anthropic/claude-sonnet-4.5", "google/cheap"], tiers.Select(tier => tier.GetProperty("model").GetString()));
        Assert.Equal(["JARVIS_MODEL_STRONG", "default", "JARVIS_MODEL_CHEAP"], tiers.Select(tier => tier.GetProperty("modelSource").GetString()));
        Assert.All(tiers, tier => Assert.Equal((0, 16384), (tier.GetProperty("fallbackModels").GetArrayLength(), tier.GetProperty("maxTokens").GetInt32())));

        // A variant has a price of its own, which is listed nowhere.
        Assert.Equal(JsonValueKind.Null, tiers[0].GetProperty("usdPerMillionTokens").ValueKind);
        JsonElement price = tiers[2].GetProperty("usdPerMillionTokens");
        Assert.Equal((0.25m, 1.5m), (price.GetProperty("prompt").GetDecimal(), price.GetProperty("completion").GetDecimal()));
        Assert.Equal(0, _upstream.RequestCount);
        Assert.DoesNotContain(Key, result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_AreForPeople()
    {
        CliResult result = await _jarvis.RunAsync("tiers");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains("cheap\t16384\t0.25\t1.5\tgoogle/cheap\tJARVIS_MODEL_CHEAP\tnone", result.Lines);
        Assert.Contains(result.Lines, line => line.StartsWith("strong\t16384\tunknown\tunknown\t", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/api/v1")]
    [InlineData(null)]
    public async Task EndpointThatTellsNoPrices_IsNoFailure(string? endpoint)
    {
        _jarvis.Environment["OPENROUTER_BASE_URL"] = endpoint ?? new Uri(_upstream!.Endpoint, "/nowhere").ToString();

        CliResult plain = await _jarvis.RunAsync("tiers");
        CliResult json = await _jarvis.RunAsync("tiers", "--json");

        Assert.True(plain.ExitCode == 0, plain.All);
        Assert.Matches("(?m)^prices +unknown: the list of models could not be read: ", plain.Output);
        Assert.Contains("could not be read", json.Document.GetProperty("pricesUnknown").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_jarvis.FilesAtHome, File.Exists);
    }

    [Fact]
    public async Task SettingWithAFault_IsBadUsage()
    {
        _jarvis.Environment["JARVIS_MODEL_MID"] = " ";

        CliResult result = await _jarvis.RunAsync("tiers");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("JARVIS_MODEL_MID", result.Error, StringComparison.Ordinal);
    }
}
