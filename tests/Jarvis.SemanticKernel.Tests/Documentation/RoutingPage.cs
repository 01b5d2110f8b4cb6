using Microsoft.Extensions.Configuration;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>The code that docs/routing.md shows; <see cref="RoutingPageTests"/> runs it.</summary>
internal static class RoutingPage
{
    public static void Routes(IKernelBuilder builder)
    {
        #region routes
        builder.AddJarvisRouting(options => options
            .Route("Planner.*", Tier.Strong)      // every function of the plugin Planner
            .Route("*.Summarize", Tier.Cheap)     // a function of this name in any plugin
            .Route("Planner.Greet", Tier.Cheap)); // this one, although it is the planner's
        #endregion
    }

    public static void Tiers(IKernelBuilder builder)
    {
        #region tiers
        builder.AddJarvisRouting(options =>
        {
            TierOptions cheap = options.Tiers[Tier.Cheap];
            cheap.Model = "google/gemini-2.5-flash-lite";
            cheap.FallbackModels = ["openai/gpt-5-nano", "anthropic/claude-haiku-4.5"];
            cheap.MaxTokens = 4_000;
            cheap.Provider.Sort = ProviderSort.Throughput;
            cheap.Provider.DataCollection = ProviderDataPolicy.Deny;
            cheap.Provider.MaxPrice.CompletionUsdPerMillion = 2m;
        });
        #endregion
    }

    public static void Configuration(IKernelBuilder builder, string appSettings)
    {
        #region configuration
        IConfigurationRoot configuration = new ConfigurationBuilder()
            .AddJsonFile(appSettings, optional: false, reloadOnChange: true)
            .Build();
        builder.AddJarvisRouting(configuration.GetSection("Jarvis"));
        #endregion
    }
}
