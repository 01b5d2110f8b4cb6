using System.ClientModel;
using System.ClientModel.Primitives;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI;
using OpenAI.Chat;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>Makes each tier's connectors once. Reading the options here is what reports their faults before a request leaves.</summary>
internal sealed class TierCatalog : ITierCatalog
{
    private readonly Dictionary<string, TierChatCompletionService> _tiers = new(StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, TierChatClient> _clients = new(StringComparer.OrdinalIgnoreCase);

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The clients live as long as the tiers, which live as long as the process.")]
    public TierCatalog(IOptions<JarvisRoutingOptions> options, TierHttpClientFactory clients, ILoggerFactory loggers)
    {
        JarvisRoutingOptions settings = options.Value;
        foreach ((string name, TierOptions tier) in settings.Tiers)
        {
            Uri endpoint = tier.Endpoint ?? settings.Endpoint ?? JarvisRoutingOptions.DefaultEndpoint;
            string? key = tier.Endpoint is null ? settings.ApiKey : tier.ApiKey;
            HttpClient http = clients.Create(name, tier.Model!, settings);
            var connector = new OpenAIChatCompletionService(tier.Model!, endpoint, key, organization: null, http, loggers);
            _tiers.Add(name, new TierChatCompletionService(name, connector));
            _clients.Add(name, new TierChatClient(name, tier.Model!, CreateClient(tier.Model!, endpoint, key, http), this));
        }

        ILogger logger = loggers.CreateLogger<TierCatalog>();
        foreach ((string name, TierOptions tier) in settings.Tiers)
        {
            if (tier.FallbackTier is { } other)
            {
                _tiers[name].Fallback = new TierFallback<TierChatCompletionService>(_tiers[other], logger);
                _clients[name].Fallback = new TierFallback<TierChatClient>(_clients[other], logger);
            }
        }

        Names = [.. _tiers.Values.Select(t => t.Tier)];
        DefaultTier = _tiers[settings.DefaultTier].Tier;
    }

    public IReadOnlyCollection<string> Names { get; }

    public string DefaultTier { get; }

    public TierChatCompletionService Default => _tiers[DefaultTier];

    public TierChatClient DefaultClient => _clients[DefaultTier];

    public string? FindModel(string tier) => _tiers.GetValueOrDefault(tier)?.Model;

    public TierChatCompletionService? Find(string tier) => _tiers.GetValueOrDefault(tier);

    public TierChatClient? FindClient(string tier) => _clients.GetValueOrDefault(tier);

    public TierChatCompletionService? FindByModel(string model) =>
        _tiers.Values.FirstOrDefault(t => string.Equals(t.Model, model, StringComparison.Ordinal));

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
}
