using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>The code that docs/agents.md shows; <see cref="MainJob.AgentFrameworkTests"/> runs it.</summary>
internal static class AgentsPage
{
    public static AIAgent Create(IServiceProvider services, AIFunction countStock)
    {
        #region agent
        IChatClient strong = services.GetRequiredKeyedService<IChatClient>(Tier.Strong);
        AIAgent clerk = strong.AsAIAgent("You answer questions about the warehouse.", name: "clerk", tools: [countStock]);
        #endregion
        return clerk;
    }

    public static void Configure(JarvisRoutingOptions options, string hostedKey)
    {
        #region endpoint
        options.Tiers["local"] = new() { Endpoint = new Uri("http://localhost:11434/v1"), Model = "llama3.2" };
        options.Tiers["hosted"] = new()
        {
            Endpoint = new Uri("https://llm.example.org/v1"),
            ApiKey = hostedKey,
            Model = "mistral-large",
            Prices = new() { PromptUsdPerMillion = 2m, CompletionUsdPerMillion = 6m },
        };
        #endregion
    }

    public static IChatClient Govern(IServiceProvider services, IChatClient ownClient)
    {
        #region govern
        IChatClient governed = new ChatClientBuilder(ownClient)
            .UseFunctionInvocation()
            .UseJarvisGovernance("own", new TierPrices { PromptUsdPerMillion = 3m, CompletionUsdPerMillion = 15m })
            .Build(services);
        #endregion
        return governed;
    }

    public static async Task<string> RunAsync(AIAgent clerk, CancellationToken cancellationToken)
    {
        #region scope
        using IDisposable scope = JarvisScope.Begin(agent: "clerk", run: "stocktaking");
        AgentResponse answer = await clerk.RunAsync("How many bolts are there?", cancellationToken: cancellationToken);
        #endregion
        return answer.Text;
    }
}
