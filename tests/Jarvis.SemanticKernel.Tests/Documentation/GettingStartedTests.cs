using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>What README and docs show works.</summary>
public sealed class GettingStartedTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jarvis-docs-");
    private OpenRouterSimulator? _upstream;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private OpenRouterSimulator Upstream => _upstream!;

    private string Database => Path.Combine(_folder.FullName, "jarvis.db");

    public async ValueTask InitializeAsync() => _upstream = await OpenRouterSimulator.StartAsync(ct: Ct);

    public async ValueTask DisposeAsync()
    {
        await Upstream.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Readme_AsShown_RoutesAndCounts()
    {
        SpendReport spend = await GettingStarted.ReadmeAsync(builder => UseSimulator(builder.Services));

        Assert.Equal(["strong", "cheap"], spend.Lines.Select(line => line.Key.Tier));
        Assert.Equal(Upstream.TotalBilledUsd, spend.Total.CostUsd);
        Assert.Equal(["anthropic/claude-opus-4.6", "x-ai/grok-4.1-fast"], Upstream.Requests.Select(request => request.Model));
    }

    [Fact]
    public async Task Tiers_AsShown_AreChosen()
    {
        Upstream.Enqueue(SimulatedReply.Text("one"), SimulatedReply.Text("two"), SimulatedReply.Text("three"));

        Assert.Equal(("one", "two", "three"), await GettingStarted.TiersAsync(BuildKernel(), new ChatHistory("be brief")));
        Assert.Equal(["anthropic/claude-opus-4.6", "x-ai/grok-4.1-fast", "anthropic/claude-sonnet-4.5"], Upstream.Requests.Select(request => request.Model));
    }

    [Fact]
    public async Task Tools_AsShown_AreCalled()
    {
        Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("Stock-CountOf", """{"product":"chains"}""")), SimulatedReply.Text("3"));

        Assert.Equal("3", await GettingStarted.ToolsAsync(BuildKernel()));
        Assert.Equal(2, Upstream.RequestCount);
    }

    [Fact]
    public async Task Attribution_AsShown_ReachesTheReport()
    {
        Kernel kernel = BuildKernel();

        await GettingStarted.AttributionAsync(kernel);

        Assert.Equal(42, Assert.Single((await GettingStarted.CostsAsync(kernel)).Lines).Key.Goal);
    }

    [Fact]
    public async Task KillSwitch_AsShown_StopsUntilReleased()
    {
        Kernel kernel = BuildKernel();

        Assert.Contains("The budget of the day is spent", await GettingStarted.StoppedAsync(kernel), StringComparison.Ordinal);
        Assert.Equal(0, Upstream.RequestCount);

        await GettingStarted.ReleaseAsync(UseSimulator(new ServiceCollection().AddLogging()));
        Assert.False((await BuildKernel().GetRequiredService<IKillSwitch>().GetStateAsync(Ct)).IsActive);
    }

    [Fact]
    public void Postgres_AsShown_NamesTheDatabaseWithoutItsPassword()
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        UseSimulator(builder.Services);
        GettingStarted.Postgres(builder);

        string description = builder.Build().GetRequiredService<IJarvisDatabase>().Description;

        Assert.Contains("db.example", description, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hosted_AsShown_TakesTheConfiguration()
    {
        HostApplicationBuilder app = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        app.Configuration.AddInMemoryCollection([KeyValuePair.Create("Jarvis:Tiers:cheap:Model", (string?)"acme/tiny"), KeyValuePair.Create("Jarvis:DefaultTier", (string?)"cheap")]);
        using IHost host = GettingStarted.Hosted(app, services => UseSimulator(services));

        await host.Services.GetRequiredService<Kernel>().InvokePromptAsync("hello", cancellationToken: Ct);

        Assert.Equal("acme/tiny", Assert.Single(Upstream.Requests).Model);
    }

    [Fact]
    public void Options_AsShown_AreAccepted()
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        UseSimulator(builder.Services);
        GettingStarted.Options(builder);
        Kernel kernel = builder.Build();

        Assert.Equal("openai/gpt-5", kernel.GetRequiredService<ITierCatalog>().FindModel("vision"));
        Assert.Equal(["KillSwitch"], kernel.Plugins.Select(plugin => plugin.Name));
    }

    [Fact]
    public Task Simulator_AsShown_Works() => GettingStarted.SimulatorAsync(Database);

    [Fact]
    public async Task Filter_AsShown_RunsAroundACall()
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        UseSimulator(builder.Services);
        GettingStarted.RegisterFilter(builder);

        await builder.Build().InvokePromptAsync("hello", cancellationToken: Ct);

        Assert.Equal(1, Upstream.RequestCount);
    }

    [Fact]
    public async Task Errors_AsShown_AreCaughtByCause()
    {
        IChatCompletionService chat = BuildKernel().GetRequiredService<IChatCompletionService>(Tier.Mid);
        Upstream.Enqueue(SimulatedReply.Error(402, "no credits"));
        Upstream.Enqueue(SimulatedReply.Text("a plan"));
        List<string> told = [];

        Assert.Null(await Errors.AskAsync(chat, _ => Task.CompletedTask, text =>
        {
            told.Add(text);
            return Task.CompletedTask;
        }));

        Assert.Equal("a plan", (await Errors.AskAsync(chat, _ => Task.CompletedTask, _ => Task.CompletedTask))?.Content);
        Assert.Contains("no credits", Assert.Single(told), StringComparison.Ordinal);
    }

    private Kernel BuildKernel()
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        UseSimulator(builder.Services);
        return builder.Build();
    }

    private IServiceCollection UseSimulator(IServiceCollection services)
    {
        services.RemoveAll<EnvironmentVariables>();
        services.AddSingleton<EnvironmentVariables>(new NoEnvironment());
        return services.AddJarvisRouting(options => (options.ApiKey, options.Endpoint, options.Database) = ("any", Upstream.Endpoint, Database));
    }

    private sealed class NoEnvironment : EnvironmentVariables
    {
        public override string? Get(string name) => null;
    }
}
