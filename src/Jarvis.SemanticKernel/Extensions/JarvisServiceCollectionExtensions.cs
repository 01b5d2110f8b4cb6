using Jarvis.SemanticKernel;
using Jarvis.SemanticKernel.Costs;
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
        return services.AddJarvisModels(registration => registration.Add(configure));
    }

    /// <summary>Adds Jarvis with settings from configuration.</summary>
    /// <param name="services">The services. What they hold already wins over what would be added.</param>
    /// <param name="configuration">The section with the settings, or a root, of which the section <c>Jarvis</c> is taken.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddJarvisRouting(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddJarvisModels(registration => registration.Sections.Add(configuration as IConfigurationSection ?? configuration.GetSection("Jarvis")));
    }

    /// <summary>
    /// Adds <see cref="IKillSwitchOperator"/>, which can release the kill switch, with <see cref="IKillSwitch"/>, <see cref="ICostReport"/>,
    /// <see cref="IBookkeeping"/>, <see cref="ICreditMonitor"/>, <see cref="ICostReconciliation"/> and <see cref="IJarvisDatabase"/>. For operators' programs, not for agents. Without <c>AddJarvisRouting</c> beside it, no key for a model is needed.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Settings that win over environment and configuration. May run more than once.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddJarvisOperator(this IServiceCollection services, Action<JarvisRoutingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddJarvisFoundation().Add(configure);
        services.TryAddSingleton(provider => provider.GetRequiredService<JarvisStorage>().CreateKillSwitchReleaseStore());
        services.TryAddSingleton<IKillSwitchOperator, StoredKillSwitchOperator>();
        services.TryAddSingleton<IBookkeeping, Bookkeeping>();
        return services;
    }

    private static IServiceCollection AddJarvisModels(this IServiceCollection services, Action<JarvisRegistration> register)
    {
        JarvisRegistration registration = services.AddJarvisFoundation();
        register(registration);
        if (!registration.CallsModels)
        {
            registration.CallsModels = true;
            services.AddJarvisKillSwitchFilters();
            services.AddJarvisModelCalls();
            services.AddJarvisForeignClients();
            services.AddJarvisTiers();
            services.AddHostedService<CreditMonitorHost>();
        }

        services.AddJarvisPlugins(registration);
        return services;
    }

    private static JarvisRegistration AddJarvisFoundation(this IServiceCollection services)
    {
        if (services.FirstOrDefault(s => s.ServiceType == typeof(JarvisRegistration))?.ImplementationInstance is JarvisRegistration known)
        {
            return known;
        }

        var registration = new JarvisRegistration(services);
        services.AddSingleton(registration);
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddJarvisOptions();
        services.AddJarvisStorage();
        services.AddJarvisKillSwitch();
        services.AddJarvisLedger();
        services.AddJarvisReconciliation();
        services.AddJarvisOpenRouter();
        services.AddJarvisCredits();
        return registration;
    }
}
