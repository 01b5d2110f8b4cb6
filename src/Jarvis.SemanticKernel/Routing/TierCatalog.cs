using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>The tiers and their chat services. Reading the options here is what reports their faults before a request leaves.</summary>
internal sealed class TierCatalog : ITierCatalog
{
    private readonly ConcurrentDictionary<string, TierChatCompletionService> _services = new(StringComparer.OrdinalIgnoreCase);
    private readonly TierHttpClientFactory _clients;
    private readonly ILoggerFactory _loggers;

    public TierCatalog(IOptions<JarvisRoutingOptions> options, TierHttpClientFactory clients, ILoggerFactory loggers)
    {
        (_clients, _loggers) = (clients, loggers);
        Current = Build(options.Value);
        Default = new TierChatCompletionService(this, name: null);
    }

    public TierSet Current { get; }

    public IReadOnlyCollection<string> Names => Current.Names;

    public string DefaultTier => Current.DefaultTier;

    /// <summary>Gets the chat service of whatever tier is the default one.</summary>
    public TierChatCompletionService Default { get; }

    public string? FindModel(string tier) => Current.FindModel(tier);

    /// <summary>The chat service of a tier, whatever serves it; null when there is no such tier.</summary>
    public TierChatCompletionService? FindService(string tier) =>
        Current.Find(tier) is { Name: var name } ? _services.GetOrAdd(name, static (name, catalog) => new TierChatCompletionService(catalog, name), this) : null;

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The clients live as long as the tiers, and hold nothing but the shared chain.")]
    private TierSet Build(JarvisRoutingOptions settings)
    {
        IEnumerable<ServedTier> tiers = settings.Tiers.Select(tier =>
        {
            Uri endpoint = settings.Endpoint ?? JarvisRoutingOptions.DefaultEndpoint;
            var connector = new OpenAIChatCompletionService(
                tier.Value.Model!, endpoint, settings.ApiKey, organization: null, _clients.Create(tier.Key, tier.Value, settings), _loggers);
            return new ServedTier(tier.Key, tier.Value, connector);
        });
        return new TierSet(tiers, settings);
    }
}
