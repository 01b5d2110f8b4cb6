using Jarvis.SemanticKernel;
using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Jarvis to a service collection.</summary>
public static class JarvisServiceCollectionExtensions
{
    /// <summary>Adds a chat service for each tier, the kill switch, the ledger and the plugins. Calling it again adds settings, nothing else.</summary>
    /// <param name="services">The services. What they hold already wins over what would be added.</param>
    /// <param name="configure">Settings that win over environment and configuration. May run more than once.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddJarvisRouting(this IServiceCollection services, Action<JarvisRoutingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddJarvis(registration =>
        {
            if (configure is not null)
            {
                registration.Configure.Add(configure);
            }
        });
    }

    /// <summary>Adds Jarvis with settings from configuration.</summary>
    /// <param name="services">The services. What they hold already wins over what would be added.</param>
    /// <param name="configuration">The section with the settings, or a root, of which the section <c>Jarvis</c> is taken.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddJarvisRouting(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddJarvis(registration => registration.Sections.Add(configuration as IConfigurationSection ?? configuration.GetSection("Jarvis")));
    }

    /// <summary>Adds <see cref="IKillSwitchOperator"/>, which can release the kill switch. For operators' programs, not for agents.</summary>
    /// <param name="services">The services.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddJarvisOperator(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddJarvisRouting();
        services.TryAddSingleton(provider => provider.GetRequiredService<JarvisStorage>().CreateKillSwitchReleaseStore());
        services.TryAddSingleton<IKillSwitchOperator, StoredKillSwitchOperator>();
        return services;
    }

    private static IServiceCollection AddJarvis(this IServiceCollection services, Action<JarvisRegistration> register)
    {
        var known = (JarvisRegistration?)services.FirstOrDefault(s => s.ServiceType == typeof(JarvisRegistration))?.ImplementationInstance;
        JarvisRegistration registration = known ?? new JarvisRegistration();
        register(registration);
        if (known is null)
        {
            services.AddSingleton(registration);
            services.TryAddSingleton(TimeProvider.System);
            services.AddJarvisOptions();
            services.AddJarvisStorage();
            services.AddJarvisKillSwitch();
            services.AddJarvisLedger();
            services.AddJarvisModelCalls();
            services.AddJarvisTiers();
        }

        services.AddJarvisPlugins(registration);
        return services;
    }
}
