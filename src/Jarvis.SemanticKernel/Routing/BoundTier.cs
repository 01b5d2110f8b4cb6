namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// Which tier a chat service or a chat client stands for, and what its calls say of themselves: whatever serves a name when a call is made, or what was chosen for one call. (An
/// AsyncLocal set while choosing would not reach a streamed call.)
/// </summary>
internal sealed class BoundTier
{
    private static readonly CallAttribution Direct = new() { Route = "direct" };

    private readonly TierCatalog? _tiers;
    private readonly string? _name;
    private readonly ServedTier? _chosen;

    /// <summary>For whatever serves the tier when a call is made. Without a name, that of the default tier.</summary>
    public BoundTier(TierCatalog tiers, string? name) => (_tiers, _name, Attribution) = (tiers, name, Direct);

    /// <summary>For one call whose tier was chosen.</summary>
    public BoundTier(ServedTier chosen, CallAttribution attribution) => (_chosen, Attribution) = (chosen, attribution);

    public CallAttribution Attribution { get; }

    /// <summary>Gets what would serve a call that is made now.</summary>
    public ServedTier Served => _chosen ?? Find(_tiers!.Current);

    /// <summary>What serves a call whose settings name a service and a model. Whoever chose the tier has looked at them; else nobody has, and the connectors ignore them in silence.</summary>
    public ServedTier ServedFor(string? serviceId, string? model)
    {
        if (_chosen is not null)
        {
            return _chosen;
        }

        TierSet tiers = _tiers!.Current;
        ServedTier tier = Find(tiers);
        if (serviceId is not null && !ServiceIds.IsDefault(serviceId) && !string.Equals(serviceId, tier.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw UnknownTierException.ForServiceOfOtherTier(tier.Name, serviceId, tiers);
        }

        return model is { Length: > 0 } && model != tier.Model ? throw UnknownTierException.ForModelOfOtherTier(tier.Name, model, tiers) : tier;
    }

    public LogicalCall Begin(ServedTier tier, bool isStreaming) => LogicalCall.Create(tier.Name, tier.Model, Attribution, isStreaming, tier.FallbackModels);

    /// <summary>The tier that serves in place of one that failed, for the same purpose.</summary>
    public BoundTier InPlaceOf(ServedTier failed) => new(failed.Fallback!.Tier, Attribution with { Route = TierFallback.Route });

    private ServedTier Find(TierSet tiers) => _name is null ? tiers.Default : tiers.Find(_name) ?? throw UnknownTierException.ForTier(_name, tiers);
}
