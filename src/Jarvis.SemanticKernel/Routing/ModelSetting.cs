namespace Jarvis.SemanticKernel.Routing;

/// <summary>Where a tier's model is set.</summary>
internal static class ModelSetting
{
    /// <summary>Gets the tiers whose models have an environment variable.</summary>
    public static IReadOnlyList<string> TiersWithVariable { get; } = [Tier.Strong, Tier.Mid, Tier.Cheap];

    public static string VariableOf(string tier) => $"JARVIS_MODEL_{tier.ToUpperInvariant()}";

    /// <summary>The setting, and the variable that sets it where there is one, such as <c>Tiers:mid:Model (JARVIS_MODEL_MID)</c>.</summary>
    public static string Of(string tier) =>
        TiersWithVariable.Contains(tier, StringComparer.OrdinalIgnoreCase) ? $"Tiers:{tier}:Model ({VariableOf(tier)})" : $"Tiers:{tier}:Model";
}
