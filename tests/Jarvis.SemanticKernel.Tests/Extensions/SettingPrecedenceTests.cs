using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.Storage;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Tests.Extensions;

/// <summary>Code over environment over configuration over default.</summary>
public class SettingPrecedenceTests
{
    private const string Postgres = "postgres://jarvis:secret@db.example.org/jarvis";

    private static readonly (string Name, string Value)[] Environment =
    [
        ("OPENROUTER_API_KEY", "environment-key"),
        ("OPENROUTER_BASE_URL", "https://environment.example.org/v1"),
        ("JARVIS_DATABASE_URL", "/environment/jarvis.db"),
        ("JARVIS_MODEL_STRONG", "environment/strong"),
        ("JARVIS_MODEL_MID", "environment/mid"),
        ("JARVIS_MODEL_CHEAP", "environment/cheap"),
    ];

    private static readonly Dictionary<string, string?> Configuration = new()
    {
        ["Jarvis:ApiKey"] = "configuration-key",
        ["Jarvis:Endpoint"] = "https://configuration.example.org/v1",
        ["Jarvis:Database"] = "/configuration/jarvis.db",
        ["Jarvis:Tiers:strong:Model"] = "configuration/strong",
        ["Jarvis:Tiers:MID:Model"] = "configuration/mid",
        ["Jarvis:Tiers:cheap:Model"] = "configuration/cheap",
        ["Jarvis:Tiers:vision:Model"] = "configuration/vision",
        ["Jarvis:DefaultTier"] = "vision",
        ["Jarvis:KillSwitch:CacheDuration"] = "00:00:02",
        ["Jarvis:Resilience:MaxRetries"] = "5",
    };

    [Theory]
    [InlineData(true, true, true, "code", "JarvisRoutingOptions.Database")]
    [InlineData(true, false, false, "code", "JarvisRoutingOptions.Database")]
    [InlineData(false, true, true, "environment", "JARVIS_DATABASE_URL")]
    [InlineData(false, true, false, "environment", "JARVIS_DATABASE_URL")]
    [InlineData(false, false, true, "configuration", "Jarvis:Database")]
    public void Source_Wins(bool inCode, bool inEnvironment, bool inConfiguration, string winner, string databaseSource)
    {
        (JarvisRoutingOptions options, DatabaseTarget database) = ReadAll(inCode ? SetAll : null, inEnvironment ? Environment : [], inConfiguration ? Configuration : []);

        Assert.Equal($"{winner}-key", options.ApiKey);
        Assert.Equal(new Uri($"https://{winner}.example.org/v1"), options.Endpoint);
        Assert.Equal($"/{winner}/jarvis.db", options.Database);
        Assert.Equal((databaseSource, true), (database.Source, database.AutoMigrate));
        Assert.All(["strong", "mid", "cheap"], tier => Assert.Equal($"{winner}/{tier}", options.Tiers[tier].Model));
        Assert.Equal(inConfiguration ? 4 : 3, options.Tiers.Count);
    }

    [Fact]
    public void Nothing_LeavesTheDefaults()
    {
        JarvisRoutingOptions options = Read(o => o.ApiKey = "key", [], []);

        Assert.Null(options.Endpoint);
        Assert.Null(options.Database);
        Assert.Equal(["anthropic/claude-opus-4.6", "anthropic/claude-sonnet-4.5", "x-ai/grok-4.1-fast"], options.Tiers.Values.Select(tier => tier.Model));
        Assert.Equal("mid", options.DefaultTier);
    }

    [Fact]
    public void ConfigurationOfEveryKind_IsBound()
    {
        JarvisRoutingOptions options = Read(null, [], Configuration);

        Assert.Equal(("vision", TimeSpan.FromSeconds(2), 5), (options.DefaultTier, options.KillSwitch.CacheDuration, options.Resilience.MaxRetries));
        Assert.Equal("configuration/vision", options.Tiers["Vision"].Model);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ListsAndNestedSettingsOfATier_AreBoundInOrderHoweverOftenTheSectionIsAdded(int times)
    {
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Jarvis:ApiKey"] = "key",
            ["Jarvis:Tiers:mid:FallbackModels:1"] = "second",
            ["Jarvis:Tiers:mid:FallbackModels:0"] = "first",
            ["Jarvis:Tiers:mid:MaxTokens"] = "77",
            ["Jarvis:Tiers:cheap:FallbackModels"] = "",
            ["Jarvis:Tiers:vision:Model"] = "m",
            ["Jarvis:Tiers:vision:Provider:Order:0"] = "groq",
            ["Jarvis:Tiers:vision:Provider:Order:1"] = "azure",
            ["Jarvis:Tiers:vision:Provider:Sort"] = "throughput",
            ["Jarvis:Tiers:vision:Provider:MaxPrice:PromptUsdPerMillion"] = "0.25",
            ["Jarvis:Routes:Planner.*"] = "strong",
        }).Build();
        ServiceCollection services = [];
        services.AddSingleton<EnvironmentVariables>(new TestEnvironment());
        for (int i = 0; i < times; i++)
        {
            services.AddJarvisRouting(configuration);
        }

        using ServiceProvider provider = services.BuildServiceProvider();
        JarvisRoutingOptions options = ReadAll(provider).Options;

        Assert.Equal(["first", "second"], options.Tiers["mid"].FallbackModels);
        Assert.Equal(77, options.Tiers["mid"].MaxTokens);

        // What an empty list in a JSON file becomes.
        Assert.Empty(options.Tiers["cheap"].FallbackModels);
        ProviderPreferences vision = options.Tiers["vision"].Provider;
        Assert.Equal(["groq", "azure"], vision.Order);
        Assert.Equal((ProviderSort.Throughput, 0.25m), (vision.Sort, vision.MaxPrice.PromptUsdPerMillion));
        Assert.Equal("strong", options.Routes["planner.*"]);
    }

    [Fact]
    public void RouteInCode_WinsOverConfiguration()
    {
        JarvisRoutingOptions options = Read(
            o => o.Route("Planner.*", "cheap").Route("Planner.*", "CHEAP").ApiKey = "key", [], new() { ["Jarvis:Routes:Planner.*"] = "strong", ["Jarvis:Routes:Writer.*"] = "strong" });

        Assert.Equal(("CHEAP", "strong"), (options.Routes["Planner.*"], options.Routes["Writer.*"]));
    }

    [Fact]
    public void DatabaseOfOneSection_KeepsItsSourceWhenAnotherSectionFollows()
    {
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            KeyValuePair.Create("First:ApiKey", (string?)"key"), KeyValuePair.Create("First:Database", (string?)"/first.db"), KeyValuePair.Create("Second:DefaultTier", (string?)"cheap"),
        ]).Build();
        ServiceCollection services = [];
        services.AddSingleton<EnvironmentVariables>(new TestEnvironment());
        services.AddJarvisRouting(configuration.GetSection("First")).AddJarvisRouting(configuration.GetSection("Second"));
        using ServiceProvider provider = services.BuildServiceProvider();

        (JarvisRoutingOptions options, DatabaseTarget database) = ReadAll(provider);

        Assert.Equal(("/first.db", "First:Database", "cheap"), (options.Database, database.Source, options.DefaultTier));
    }

    [Fact]
    public void Code_SeesConfigurationAndEnvironmentFromTheFirstTimeItRuns()
    {
        List<(string? Vision, string? Strong)> seen = [];
        ServiceCollection services = [];
        services.AddSingleton<EnvironmentVariables>(new TestEnvironment(Environment));

        services.AddJarvisRouting(new ConfigurationBuilder().AddInMemoryCollection(Configuration).Build())
            .AddJarvisRouting(options => seen.Add((options.Tiers["vision"].Model, options.Tiers["strong"].Model)));

        Assert.Equal([("configuration/vision", "environment/strong")], seen);
    }

    [Theory]
    [InlineData(Postgres, true)]
    [InlineData("Host=db;Database=jarvis", true)]
    [InlineData("mysql://db/jarvis", false)]
    [InlineData("/somewhere/app.db", false)]
    [InlineData("Data Source=app.db", false)]
    [InlineData("", false)]
    public void SharedDatabaseUrl_IsTakenOnlyForPostgres(string value, bool isTaken)
    {
        (_, DatabaseTarget database) = ReadAll(o => o.ApiKey = "key", [("DATABASE_URL", value)], []);

        Assert.Equal(
            isTaken ? (DatabaseKind.Postgres, "DATABASE_URL", false) : (DatabaseKind.Sqlite, "the default", true), (database.Kind, database.Source, database.AutoMigrate));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DatabaseConfiguredTheUsualWay_IsTheCodesAndMigrated(bool isAfterwards)
    {
        foreach ((string, string)[] environment in ((string, string)[][])[[], [("DATABASE_URL", Postgres)], [("JARVIS_DATABASE_URL", "/environment/jarvis.db")]])
        {
            ServiceCollection services = [];
            services.AddSingleton<EnvironmentVariables>(new TestEnvironment(environment));
            services.AddJarvisRouting(options => options.ApiKey = "key");
            _ = isAfterwards
                ? services.PostConfigure<JarvisRoutingOptions>(options => options.Database = "Host=other;Database=jarvis")
                : services.Configure<JarvisRoutingOptions>(options => options.Database = "Host=other;Database=jarvis");
            using ServiceProvider provider = services.BuildServiceProvider();

            (_, DatabaseTarget database) = ReadAll(provider);

            Assert.Equal((DatabaseKind.Postgres, "JarvisRoutingOptions.Database", true), (database.Kind, database.Source, database.AutoMigrate));
            Assert.Contains("from JarvisRoutingOptions.Database", provider.GetRequiredService<IJarvisDatabase>().Description, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WrongDatabaseConfiguredTheUsualWay_IsAFaultThatNamesItsSource()
    {
        ServiceCollection services = [];
        services.AddSingleton<EnvironmentVariables>(new TestEnvironment());
        services.AddJarvisRouting(options => options.ApiKey = "key");
        services.Configure<JarvisRoutingOptions>(options => options.Database = "mysql://db/jarvis");
        using ServiceProvider provider = services.BuildServiceProvider();

        OptionsValidationException fault = Assert.Throws<OptionsValidationException>(() => ReadAll(provider));

        Assert.Contains("JarvisRoutingOptions.Database", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("code")]
    [InlineData("environment")]
    [InlineData("configuration")]
    public void SharedDatabaseUrl_IsTheLastResort(string other)
    {
        JarvisRoutingOptions options = Read(
            other == "code" ? SetAll : o => o.ApiKey = "key",
            [.. other == "environment" ? Environment : [], ("DATABASE_URL", Postgres)],
            other == "configuration" ? Configuration : []);

        Assert.Equal($"/{other}/jarvis.db", options.Database);
    }

    private static void SetAll(JarvisRoutingOptions options)
    {
        options.ApiKey = "code-key";
        options.Endpoint = new Uri("https://code.example.org/v1");
        options.Database = "/code/jarvis.db";
        foreach (string tier in (string[])["strong", "mid", "cheap"])
        {
            options.Tiers[tier].Model = $"code/{tier}";
        }
    }

    private static JarvisRoutingOptions Read(Action<JarvisRoutingOptions>? code, (string, string)[] environment, Dictionary<string, string?> configuration) =>
        ReadAll(code, environment, configuration).Options;

    private static (JarvisRoutingOptions Options, DatabaseTarget Database) ReadAll(
        Action<JarvisRoutingOptions>? code, (string, string)[] environment, Dictionary<string, string?> configuration)
    {
        ServiceCollection services = [];
        services.AddSingleton<EnvironmentVariables>(new TestEnvironment(environment));

        // In the order that would let the wrong one win if the order of the calls counted.
        services.AddJarvisRouting(code).AddJarvisRouting(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build());
        using ServiceProvider provider = services.BuildServiceProvider();
        return ReadAll(provider);
    }

    private static (JarvisRoutingOptions Options, DatabaseTarget Database) ReadAll(ServiceProvider provider)
    {
        JarvisRoutingOptions options = provider.GetRequiredService<IOptions<JarvisRoutingOptions>>().Value;
        Assert.True(JarvisDatabaseSetting.TryFind(options, provider.GetRequiredService<EnvironmentVariables>(), out DatabaseTarget? database, out _));
        return (options, database);
    }
}
