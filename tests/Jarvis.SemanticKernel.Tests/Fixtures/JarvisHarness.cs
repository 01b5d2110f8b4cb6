using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Fixtures;

/// <summary>A kernel as a user builds it, over the simulator and a real database.</summary>
public sealed class JarvisHarness : IAsyncDisposable
{
    public const string ApiKey = "sk-or-v1-canary-key-5f2e";

    private readonly ServiceProvider _services;
    private readonly IAsyncDisposable? _owned;

    private JarvisHarness(ServiceProvider services, OpenRouterSimulator upstream, IAsyncDisposable? owned)
    {
        _services = services;
        Upstream = upstream;
        _owned = owned;
    }

    public OpenRouterSimulator Upstream { get; }

    public IServiceProvider Services => _services;

    public Kernel Kernel => new(_services);

    public IKillSwitch KillSwitch => _services.GetRequiredService<IKillSwitch>();

    public IKillSwitchOperator Operator => _services.GetRequiredService<IKillSwitchOperator>();

    public IChatCompletionService Chat(string tier) => _services.GetRequiredKeyedService<IChatCompletionService>(tier);

    /// <summary>Starts on a SQLite file of its own, or on the database that is named; as a process of its own, unless it is to share this one with others.</summary>
    public static async Task<JarvisHarness> StartAsync(
        string? database = null,
        Action<JarvisRoutingOptions>? configure = null,
        Action<IServiceCollection>? register = null,
        OpenRouterSimulator? upstream = null,
        bool isOwnProcess = true)
    {
        IAsyncDisposable? owned = null;
        if (database is null)
        {
            var file = new TemporaryDatabaseFile();
            (owned, database) = (file, file.Path);
        }

        upstream ??= await OpenRouterSimulator.StartAsync(ct: TestContext.Current.CancellationToken);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace));
        register?.Invoke(services);
        if (isOwnProcess)
        {
            services.AddSingleton(new KillSwitchHubs());
        }

        services.AddSingleton(new NoEnvironment());
        services.AddSingleton<EnvironmentVariables>(provider => provider.GetRequiredService<NoEnvironment>());
        services.AddJarvisRouting(options =>
        {
            options.ApiKey = ApiKey;
            options.Endpoint = upstream.Endpoint;
            options.Database = database;
            options.Resilience.RetryDelay = TimeSpan.FromMilliseconds(1);
            configure?.Invoke(options);
        });
        services.AddJarvisOperator();
        return new JarvisHarness(services.BuildServiceProvider(), upstream, owned);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Upstream.DisposeAsync();
        if (_owned is not null)
        {
            await _owned.DisposeAsync();
        }
    }

    /// <summary>The tests' own environment must not leak into what they test.</summary>
    internal sealed class NoEnvironment : EnvironmentVariables
    {
        public override string? Get(string name) => null;
    }

    private sealed class TemporaryDatabaseFile : IAsyncDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jarvis-test-");

        public string Path => System.IO.Path.Combine(_folder.FullName, "jarvis.db");

        public ValueTask DisposeAsync()
        {
            SqliteConnection.ClearAllPools();
            _folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
