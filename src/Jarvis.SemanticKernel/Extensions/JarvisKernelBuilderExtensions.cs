using Jarvis.SemanticKernel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.SemanticKernel;

/// <summary>Adds Jarvis to a kernel.</summary>
public static class JarvisKernelBuilderExtensions
{
    /// <summary>Adds a chat service for each tier, the kill switch, the ledger and the plugins. Calling it again adds settings, nothing else.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="configure">Settings that win over environment and configuration. May run more than once.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddJarvisRouting(this IKernelBuilder builder, Action<JarvisRoutingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddJarvisRouting(configure);
        return builder;
    }

    /// <summary>Adds Jarvis with settings from configuration.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="configuration">The section with the settings, or a root, of which the section <c>Jarvis</c> is taken.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddJarvisRouting(this IKernelBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddJarvisRouting(configuration);
        return builder;
    }

    /// <summary>Adds <see cref="IKillSwitchOperator"/>, which can release the kill switch. For operators' programs, not for agents.</summary>
    /// <param name="builder">The kernel's builder.</param>
    /// <param name="configure">Settings that win over environment and configuration. May run more than once.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddJarvisOperator(this IKernelBuilder builder, Action<JarvisRoutingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddJarvisOperator(configure);
        return builder;
    }
}
