using System.Globalization;
using System.Text.Json;
using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Architecture;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>What docs/routing.md shows works.</summary>
public class RoutingPageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Planner", "Plan", "anthropic/claude-opus-4.6")]
    [InlineData("Planner", "Greet", "x-ai/grok-4.1-fast")]
    [InlineData("Planner", "Summarize", "anthropic/claude-opus-4.6")]
    [InlineData("Mail", "Summarize", "x-ai/grok-4.1-fast")]
    [InlineData("Mail", "Answer", "anthropic/claude-sonnet-4.5")]
    public async Task Routes_AsShown_ChooseTheTier(string plugin, string function, string model)
    {
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        await using SqliteTestDatabase database = new();
        Kernel kernel = Build(upstream, database, RoutingPage.Routes);

        KernelPlugin named = KernelPluginFactory.CreateFromFunctions(plugin, [KernelFunctionFactory.CreateFromPrompt("Work", functionName: function)]);
        await kernel.InvokeAsync(named[function], cancellationToken: Ct);

        Assert.Equal(model, Assert.Single(upstream.Requests).Model);
    }

    [Fact]
    public async Task Tiers_AsShown_ReachTheWire()
    {
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        await using SqliteTestDatabase database = new();
        Kernel kernel = Build(upstream, database, RoutingPage.Tiers);

        await kernel.InvokePromptAsync("Work", new KernelArguments().WithTier(Tier.Cheap), cancellationToken: Ct);

        JsonElement body = Assert.Single(upstream.Requests).Body;
        Assert.Equal(3, body.GetProperty("models").GetArrayLength());
        Assert.Equal("""{"data_collection":"deny","sort":"throughput","max_price":{"completion":"2"}}""", body.GetProperty("provider").GetRawText());
        Assert.Equal(4000, body.GetProperty("max_completion_tokens").GetInt32());
    }

    [Fact]
    public async Task FileThatChanges_IsWhatTheNextCallGoesBy()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("jarvis-test-");
        try
        {
            string file = Path.Combine(folder.FullName, "appsettings.json");
            await File.WriteAllTextAsync(file, """{"Jarvis":{"Tiers":{"mid":{"Model":"model/a"}}}}""", Ct);
            await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
            await using SqliteTestDatabase database = new();
            Kernel kernel = Build(upstream, database, builder => RoutingPage.Configuration(builder, file));
            ITierCatalog tiers = kernel.GetRequiredService<ITierCatalog>();
            Assert.Equal("model/a", tiers.FindModel(Tier.Mid));

            await File.WriteAllTextAsync(file, """{"Jarvis":{"Tiers":{"mid":{"Model":"model/b"}}}}""", Ct);
            await Eventually.TrueAsync(() => Task.FromResult(tiers.FindModel(Tier.Mid) == "model/b"), Ct);
            await kernel.InvokePromptAsync("Work", cancellationToken: Ct);

            Assert.Equal("model/b", Assert.Single(upstream.Requests).Model);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Table_HasTheDefaultsOfTheCode()
    {
        string page = Repository.Read("docs/routing.md");

        Assert.Contains($"| `MaxTokens` | {TierOptions.DefaultMaxTokens.ToString("N0", CultureInfo.InvariantCulture)} |", page, StringComparison.Ordinal);
    }

    private static Kernel Build(OpenRouterSimulator upstream, SqliteTestDatabase database, Action<IKernelBuilder> asShown)
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<EnvironmentVariables>(new TestEnvironment());
        asShown(builder);
        builder.AddJarvisRouting(options => (options.ApiKey, options.Endpoint, options.Database) = ("key", upstream.Endpoint, database.Setting));
        return builder.Build();
    }
}
