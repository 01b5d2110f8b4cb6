using Jarvis.SemanticKernel.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Cli.Tests.Fixtures;

/// <summary>Calls whose cost nobody knows, as an agent leaves them that ends before it could ask.</summary>
internal static class LeftCalls
{
    public const string ApiKey = "sk-or-v1-canary-key-77c0";

    public static async Task MakeAsync(string database, OpenRouterSimulator upstream, params SimulatedReply[] replies)
    {
        ServiceCollection services = [];
        services.AddJarvisRouting(options =>
        {
            (options.ApiKey, options.Endpoint, options.Database) = (ApiKey, upstream.Endpoint, database);
            options.Resilience.MaxRetries = 0;
            options.Ledger.Reconciliation.IsEnabled = false;

            // It would lie in the home of whoever runs the tests.
            options.Ledger.UseJournal = false;

            // The first query of a process on a busy machine is slow.
            options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(30);
        });
        await using ServiceProvider provider = services.BuildServiceProvider();
        foreach (SimulatedReply reply in replies)
        {
            upstream.Enqueue(reply.CutAfterChunks(2));
            await Assert.ThrowsAnyAsync<ModelCallException>(async () =>
            {
                await foreach (Microsoft.SemanticKernel.StreamingChatMessageContent _ in provider.GetRequiredService<IChatCompletionService>()
                    .GetStreamingChatMessageContentsAsync("hello", cancellationToken: TestContext.Current.CancellationToken))
                {
                }
            });
        }
    }
}
