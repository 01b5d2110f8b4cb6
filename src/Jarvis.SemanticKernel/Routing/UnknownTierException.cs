using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel;

/// <summary>A call named a tier or a model that is not configured.</summary>
public sealed class UnknownTierException : KernelException
{
    internal UnknownTierException(string message)
        : base(message)
    {
    }

    internal static UnknownTierException ForTier(string name, ITierCatalog tiers) =>
        new($"There is no tier '{name}'. Known tiers: {Names(tiers)}.");

    internal static UnknownTierException ForServiceIds(IEnumerable<string> ids, ITierCatalog tiers) =>
        new($"The execution settings name no tier and no registered service: '{string.Join("', '", ids)}'. Known tiers: {Names(tiers)}.");

    internal static UnknownTierException ForModel(string model, ITierCatalog tiers) =>
        new($"The execution settings ask for the model '{model}', which serves no tier. Known tiers: "
            + string.Join(", ", tiers.Names.Select(t => $"{t} ({tiers.FindModel(t)})")) + ". Name a tier with ServiceId, or give a tier that model.");

    internal static UnknownTierException ForModelOfOtherTier(string tier, string model, ITierCatalog tiers) =>
        new($"The execution settings name the tier '{tier}' and the model '{model}', but '{tier}' is served by '{tiers.FindModel(tier)}'. Leave one of the two out. "
            + $"Known tiers: {Names(tiers)}.");

    internal static UnknownTierException ForServiceOfOtherTier(string tier, string id, ITierCatalog tiers) =>
        new($"The chat service of the tier '{tier}' was called with execution settings for the service '{id}'. Call that service, or leave ServiceId out. Known tiers: {Names(tiers)}.");

    internal static UnknownTierException ForModelInBody(string tier, string model, string? asked) =>
        new($"The execution settings put the model '{asked}' into the body of the request, but the tier '{tier}' is served by '{model}'. Leave it out, or name the tier of that model.");

    private static string Names(ITierCatalog tiers) => string.Join(", ", tiers.Names);
}
