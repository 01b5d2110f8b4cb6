using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Ledger.Reconciliation;
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
    private readonly DirectoryInfo? _journal;
    private readonly bool _ownsUpstream;

    private JarvisHarness(ServiceProvider services, OpenRouterSimulator upstream, IAsyncDisposable? owned, DirectoryInfo? journal, bool ownsUpstream)
    {
        _services = services;
        Upstream = upstream;
        _owned = owned;
        _journal = journal;
        _ownsUpstream = ownsUpstream;
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
        bool isOwnProcess = true,
        bool ownsUpstream = true)
    {
        IAsyncDisposable? owned = null;
        if (database is null)
        {
            var file = new TemporaryDatabaseFile();
            (owned, database) = (file, file.Path);
        }

        // That of a file lies beside it.
        DirectoryInfo? journal = database.StartsWith("Host=", StringComparison.Ordinal) ? Directory.CreateTempSubdirectory("jarvis-test-journal-") : null;
        upstream ??= await OpenRouterSimulator.StartAsync(ct: TestContext.Current.CancellationToken);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace));
        register?.Invoke(services);
        if (isOwnProcess)
        {
            services.AddSingleton(new KillSwitchHubs());
            services.AddSingleton(new PickUpTurn(Guid.NewGuid().ToString()));
        }

        services.AddSingleton(new NoEnvironment());
        services.AddSingleton<EnvironmentVariables>(provider => provider.GetRequiredService<NoEnvironment>());
        services.AddJarvisRouting(options =>
        {
            options.ApiKey = ApiKey;
            options.Endpoint = upstream.Endpoint;
            options.Database = database;
            options.Resilience.RetryDelay = TimeSpan.FromMilliseconds(1);

            // A busy machine is no database that hangs; tests of those set it.
            options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(20);

            // What a test wrote it looks for in the database, however busy the machine is.
            options.Ledger.StoreTimeout = TimeSpan.FromMinutes(1);
            options.Ledger.JournalFolder = journal?.FullName;

            // What a call cost must not change behind the back of a test that is not about that.
            options.Ledger.Reconciliation.IsEnabled = false;
            configure?.Invoke(options);
        });
        services.AddJarvisOperator();
        return new JarvisHarness(services.BuildServiceProvider(), upstream, owned, journal, ownsUpstream);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_ownsUpstream)
        {
            await Upstream.DisposeAsync();
        }

        if (_owned is not null)
        {
            await _owned.DisposeAsync();
        }

        _journal?.Delete(recursive: true);
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
