using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Extensions;

/// <summary>What the calls of <c>AddJarvisRouting</c> asked for. One per service collection: its presence is what makes a second call harmless.</summary>
internal sealed class JarvisRegistration(IServiceCollection services)
{
    /// <summary>Gets a value indicating whether a filter was registered that would have to end with a scope, while the chain of filters never ends.</summary>
    public bool HasScopedModelCallFilter => services.Any(service => service.ServiceType == typeof(IModelCallFilter) && service.Lifetime == ServiceLifetime.Scoped);

    public List<IConfigurationSection> Sections { get; } = [];

    public List<Action<JarvisRoutingOptions>> Configure { get; } = [];

    /// <summary>Gets or sets a value indicating whether models are called. An operator's program calls none and needs no key.</summary>
    public bool CallsModels { get; set; }

    /// <summary>Gets the plugins registered so far.</summary>
    public List<ServiceDescriptor> Plugins { get; } = [];

    public void Add(Action<JarvisRoutingOptions>? configure)
    {
        if (configure is not null)
        {
            Configure.Add(configure);
        }
    }

    /// <summary>Which plugins to import: a kernel takes them from the container as they are, so this cannot wait for the options.</summary>
    public JarvisPlugins WantedPlugins(EnvironmentVariables environment)
    {
        // Filled from every source, since the settings in code may build on what configuration says. Faults are reported when the options are read.
        var probe = new JarvisRoutingOptions();
        new JarvisOptionsSetup(this, environment).Configure(probe);
        return probe.Plugins;
    }
}
