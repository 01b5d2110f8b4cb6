using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI;
using OpenAI.Chat;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// The tiers and their chat services. Reading the options here is what reports their faults before a request leaves. When they change, the whole set is exchanged: a call takes
/// the set of its beginning and keeps it.
/// </summary>
internal sealed class TierCatalog : ITierCatalog, IDisposable
{
    private readonly ConcurrentDictionary<string, TierChatCompletionService> _services = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, TierChatClient> _chatClients = new(StringComparer.OrdinalIgnoreCase);
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
        Default = new TierChatCompletionService(new BoundTier(this, name: null));
        DefaultClient = new TierChatClient(new BoundTier(this, name: null));
    }

    /// <summary>Gets what a call that is made now goes by.</summary>
    public TierSet Current => Volatile.Read(ref _current)!;

    public IReadOnlyCollection<string> Names => Current.Names;

    public string DefaultTier => Current.DefaultTier;

    /// <summary>Gets the chat service of whatever tier is the default one.</summary>
    public TierChatCompletionService Default { get; }

    /// <summary>Gets the chat client of whatever tier is the default one.</summary>
    public TierChatClient DefaultClient { get; }

    public string? FindModel(string tier) => Current.FindModel(tier);

    /// <summary>The chat service of a tier, whatever serves it; null when there is no such tier.</summary>
    public TierChatCompletionService? FindService(string tier) =>
        Current.Find(tier) is { Name: var name } ? _services.GetOrAdd(name, static (name, catalog) => new TierChatCompletionService(new BoundTier(catalog, name)), this) : null;

    /// <summary>The chat client of a tier, whatever serves it; null when there is no such tier.</summary>
    public TierChatClient? FindClient(string tier) =>
        Current.Find(tier) is { Name: var name } ? _chatClients.GetOrAdd(name, static (name, catalog) => new TierChatClient(new BoundTier(catalog, name)), this) : null;

    public void Dispose() => _listening?.Dispose();

    // As Semantic Kernel's connector sets it up: the chain of handlers decides on retries and time limits.
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The client lives as long as the tier.")]
    private static IChatClient CreateClient(string model, Uri endpoint, string? key, HttpClient http) => new ChatClient(
        model,
        new ApiKeyCredential(key ?? "none"),
        new OpenAIClientOptions
        {
            Endpoint = endpoint,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        }).AsIChatClient();

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The clients live as long as the tiers, and hold nothing but the shared chain.")]
    private TierSet Build(JarvisRoutingOptions settings)
    {
        IEnumerable<ServedTier> tiers = settings.Tiers.Select(tier =>
        {
            TierOptions served = tier.Value;
            Uri endpoint = served.Endpoint ?? settings.Endpoint ?? JarvisRoutingOptions.DefaultEndpoint;
            string? key = served.Endpoint is null ? settings.ApiKey : served.ApiKey;
            HttpClient http = _clients.Create(tier.Key, served, settings);
            var connector = new OpenAIChatCompletionService(served.Model!, endpoint, key, organization: null, http, _loggers);
            return new ServedTier(tier.Key, served, connector, CreateClient(served.Model!, endpoint, key, http));
        });
        return new TierSet(tiers, settings, _loggers.CreateLogger<TierFallback>());
    }
}
