using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// The tiers and their chat services. Reading the options here is what reports their faults before a request leaves. When they change, the whole set is exchanged: a call takes
/// the set of its beginning and keeps it.
/// </summary>
internal sealed class TierCatalog : ITierCatalog, IDisposable
{
    private readonly ConcurrentDictionary<string, TierChatCompletionService> _services = new(StringComparer.OrdinalIgnoreCase);
    private readonly TierHttpClientFactory _clients;
    private readonly ILoggerFactory _loggers;
    private readonly IDisposable? _listening;
    private TierSet? _current;

    public TierCatalog(IOptionsMonitor<JarvisRoutingOptions> options, TierHttpClientFactory clients, ILoggerFactory loggers)
    {
        (_clients, _loggers) = (clients, loggers);

        // Throws when they have a fault, before there is anything to undo.
        _ = options.CurrentValue;
        _listening = options.OnChange((settings, _) => Volatile.Write(ref _current, Build(settings)));

        // What changed before anybody listened is in the options, and what changed since is in the field.
        Interlocked.CompareExchange(ref _current, Build(options.CurrentValue), null);
        Default = new TierChatCompletionService(this, name: null);
    }

    /// <summary>Gets what a call that is made now goes by.</summary>
    public TierSet Current => Volatile.Read(ref _current)!;

    public IReadOnlyCollection<string> Names => Current.Names;

    public string DefaultTier => Current.DefaultTier;

    /// <summary>Gets the chat service of whatever tier is the default one.</summary>
    public TierChatCompletionService Default { get; }

    public string? FindModel(string tier) => Current.FindModel(tier);

    /// <summary>The chat service of a tier, whatever serves it; null when there is no such tier.</summary>
    public TierChatCompletionService? FindService(string tier) =>
        Current.Find(tier) is { Name: var name } ? _services.GetOrAdd(name, static (name, catalog) => new TierChatCompletionService(catalog, name), this) : null;

    public void Dispose() => _listening?.Dispose();

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
