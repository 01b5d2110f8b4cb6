namespace Jarvis.SemanticKernel.Storage;

/// <summary>What an operating cost was for, in the words of the column.</summary>
internal static class StorableCategory
{
    public static string Text(OperatingCostCategory category) => category switch
    {
        OperatingCostCategory.AiInference => "ai_inference",
        OperatingCostCategory.Vm => "vm",
        OperatingCostCategory.ApiService => "api_service",
        OperatingCostCategory.Other => "other",
        _ => throw new ArgumentOutOfRangeException(nameof(category), category, "A category without a text."),
    };

    /// <summary>Reads what a row says. A word that somebody added counts as something else.</summary>
    public static OperatingCostCategory Read(string text) => text switch
    {
        "ai_inference" => OperatingCostCategory.AiInference,
        "vm" => OperatingCostCategory.Vm,
        "api_service" => OperatingCostCategory.ApiService,
        _ => OperatingCostCategory.Other,
    };
}
