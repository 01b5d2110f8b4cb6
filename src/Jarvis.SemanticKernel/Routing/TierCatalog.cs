using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>Makes each tier's connector once. Reading the options here is what reports their faults before a request leaves.</summary>
internal sealed class TierCatalog : ITierCatalog
{
    private readonly Dictionary<string, TierChatCompletionService> _tiers = new(StringComparer.OrdinalIgnoreCase);

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The clients live as long as the tiers, which live as long as the process.")]
    public TierCatalog(IOptions<JarvisRoutingOptions> options, TierHttpClientFactory clients, ILoggerFactory loggers)
    {
        JarvisRoutingOptions settings = options.Value;
        foreach ((string name, TierOptions tier) in settings.Tiers)
        {
            var connector = new OpenAIChatCompletionService(
                tier.Model!, settings.Endpoint ?? JarvisRoutingOptions.DefaultEndpoint, settings.ApiKey, organization: null, clients.Create(name, tier.Model!, settings), loggers);
            _tiers.Add(name, new TierChatCompletionService(name, connector));
        }

        foreach (TierChatCompletionService tier in _tiers.Values)
        {
            if (settings.Tiers[tier.Tier].FallbackTier is { } other)
            {
                tier.Fallback = new TierFallback(_tiers[other], loggers.CreateLogger<TierFallback>());
            }
        }

        Names = [.. _tiers.Values.Select(t => t.Tier)];
        DefaultTier = _tiers[settings.DefaultTier].Tier;
    }

    public IReadOnlyCollection<string> Names { get; }

    public string DefaultTier { get; }

    public TierChatCompletionService Default => _tiers[DefaultTier];

    public string? FindModel(string tier) => _tiers.GetValueOrDefault(tier)?.Model;

    public TierChatCompletionService? Find(string tier) => _tiers.GetValueOrDefault(tier);

    public TierChatCompletionService? FindByModel(string model) =>
        _tiers.Values.FirstOrDefault(t => string.Equals(t.Model, model, StringComparison.Ordinal));
}
