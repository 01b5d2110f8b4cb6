using Jarvis.SemanticKernel.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Cli.Tests.Fixtures;

/// <summary>Calls of an agent that keeps a journal, and ends in order.</summary>
internal static class RecordedCalls
{
    public static async Task MakeAsync(string database, string journal, OpenRouterSimulator upstream, params string[] tiers)
    {
        ServiceCollection services = [];
        services.AddJarvisRouting(options =>
        {
            (options.ApiKey, options.Endpoint, options.Database) = (LeftCalls.ApiKey, upstream.Endpoint, database);
            options.Ledger.Reconciliation.IsEnabled = false;
            options.Ledger.JournalFolder = journal;

            // A busy machine is slow.
            options.Ledger.StoreTimeout = TimeSpan.FromMinutes(1);
            options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(30);
        });
        await using ServiceProvider provider = services.BuildServiceProvider();
        foreach (string tier in tiers)
        {
            await provider.GetRequiredKeyedService<IChatCompletionService>(tier).GetChatMessageContentAsync("hello", cancellationToken: TestContext.Current.CancellationToken);
        }
    }
}
