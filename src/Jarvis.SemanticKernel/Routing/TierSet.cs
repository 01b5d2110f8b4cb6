using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>All tiers and routes as one state of the settings describes them. Immutable: whoever decides by it decides by one state.</summary>
internal sealed class TierSet : ITierCatalog
{
    private readonly ServedTier[] _inOrder;
    private readonly FrozenDictionary<string, ServedTier> _byName;

    public TierSet(IEnumerable<ServedTier> tiers, JarvisRoutingOptions settings, ILogger logger)
    {
        _inOrder = [.. tiers];
        _byName = _inOrder.ToFrozenDictionary(tier => tier.Name, StringComparer.OrdinalIgnoreCase);
        Names = [.. _inOrder.Select(tier => tier.Name)];
        Default = _byName[settings.DefaultTier];
        Routes = new RouteTable(settings.Routes);
        foreach (ServedTier tier in _inOrder)
        {
            tier.Fallback = settings.Tiers[tier.Name].FallbackTier is { } other ? new TierFallback(_byName[other], logger) : null;
        }
    }

    public IReadOnlyCollection<string> Names { get; }

    public string DefaultTier => Default.Name;

    public ServedTier Default { get; }

    public RouteTable Routes { get; }

    public string? FindModel(string tier) => Find(tier)?.Model;

    public ServedTier? Find(string tier) => _byName.GetValueOrDefault(tier);

    public ServedTier? FindByModel(string model) => Array.Find(_inOrder, tier => string.Equals(tier.Model, model, StringComparison.Ordinal));
}
