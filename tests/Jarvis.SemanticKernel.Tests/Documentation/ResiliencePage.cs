using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>The code that docs/resilience.md shows; <see cref="ResiliencePageTests"/> runs it.</summary>
internal static class ResiliencePage
{
    public static void Configure(IServiceCollection services)
    {
        #region limits
        services.AddJarvisRouting(options =>
        {
            options.Resilience.MaxRetries = 3;
            options.Resilience.FirstByteTimeout = TimeSpan.FromMinutes(1);
            options.Resilience.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(30);
        });
        #endregion
    }
}
