using Jarvis.SemanticKernel;
using Jarvis.SemanticKernel.ModelCalls.Foreign;
using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.AI;

/// <summary>Puts chat clients behind the filters of Jarvis.</summary>
public static class JarvisChatClientBuilderExtensions
{
    /// <summary>
    /// Has the calls of any chat client pass the kill switch, the <see cref="IModelCallFilter"/>s, the time limits and the ledger, as those of a tier do. Retries stay the client's own. A
    /// client that is a tier, or governed already, stays as it is, and a call that a tier serves underneath is recorded by the tier alone. Add it last, next to the client: what stands
    /// outside of it is governed once for each call of the model.
    /// </summary>
    /// <param name="builder">The builder. Its services have to hold <c>AddJarvisRouting</c>.</param>
    /// <param name="name">The tier's name on records and for the kill switch; by default the client's provider name, else <c>foreign</c>.</param>
    /// <param name="prices">What tokens cost; <see langword="null"/> leaves costs unknown.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="InvalidOperationException">Thrown when the client is built: without <c>AddJarvisRouting</c>, or around a client that runs tools, whose rounds could not be told apart.</exception>
    public static ChatClientBuilder UseJarvisGovernance(this ChatClientBuilder builder, string? name = null, TierPrices? prices = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (name is not null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name);
        }

        return builder.Use((inner, services) =>
        {
            if (inner.GetService<FunctionInvokingChatClient>() is not null)
            {
                throw new InvalidOperationException($"{nameof(UseJarvisGovernance)} stands around UseFunctionInvocation, so the rounds of its tool loop could not be told apart. Add it after, next to the client.");
            }

            if (inner.GetService<IGoverned>() is not null)
            {
                return inner;
            }

            ForeignChain chain = services.GetService<ForeignChain>()
                ?? throw new InvalidOperationException($"{nameof(UseJarvisGovernance)} found no Jarvis. Call AddJarvisRouting on the services, and build the client with their provider.");
            return new GovernedChatClient(inner, chain, name, prices);
        });
    }
}
