using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Benchmarks.Measuring;

/// <summary>Containers with this package in them.</summary>
internal static class Governed
{
    /// <summary>With everything: the switch and the ledger in a database. Another ledger may take the place of the package's own.</summary>
    public static ServiceProvider On(string database, Uri endpoint, IAiCallLedger? ledger = null)
    {
        var services = new ServiceCollection();
        if (ledger is not null)
        {
            services.AddSingleton(ledger);
        }

        services.AddJarvisRouting(options => (options.ApiKey, options.Endpoint, options.Database, options.Plugins) = ("key", endpoint, database, JarvisPlugins.None));
        return services.BuildServiceProvider();
    }

    /// <summary>Without a database: an open switch that costs nothing to read, and a ledger that forgets.</summary>
    public static ServiceProvider Without(Uri endpoint)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IAiCallLedger>(new NoLedger());
        services.AddSingleton<IKillSwitchStore, OpenSwitchStore>();
        services.AddJarvisRouting(options => (options.ApiKey, options.Endpoint, options.Plugins) = ("key", endpoint, JarvisPlugins.None));
        return services.BuildServiceProvider();
    }
}
