using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.ModelCalls.Foreign;

/// <summary>A chat client that is not ours, governed, with a ledger that remembers.</summary>
internal static class GovernedClient
{
    public static Task<JarvisHarness> StartAsync(IAiCallLedger ledger, Action<IServiceCollection>? register = null) => JarvisHarness.StartAsync(register: services =>
    {
        services.AddSingleton(ledger);
        register?.Invoke(services);
    });

    public static IChatClient Govern(JarvisHarness jarvis, IChatClient client, string? name = null, TierPrices? prices = null) =>
        new ChatClientBuilder(client).UseJarvisGovernance(name, prices).Build(jarvis.Services);

    public static async Task<string> AskAsync(IChatClient client, bool streamed, CancellationToken? cancellationToken = null)
    {
        CancellationToken token = cancellationToken ?? TestContext.Current.CancellationToken;
        if (!streamed)
        {
            return (await client.GetResponseAsync("hello", cancellationToken: token)).Text;
        }

        string text = string.Empty;
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("hello", cancellationToken: token))
        {
            text += update.Text;
        }

        return text;
    }
}
