namespace Jarvis.SemanticKernel.Storage;

/// <summary>A cost, and where it comes from, in the shapes that the columns accept.</summary>
internal static class StorableCost
{
    private const decimal MostThatFits = 9999.99999999m;

    /// <summary>The cost as ai_calls can hold it.</summary>
    public static decimal Billed(decimal costUsd) => Math.Clamp(Rounded(costUsd), -MostThatFits, MostThatFits);

    public static bool IsCapped(decimal costUsd) => decimal.Abs(Rounded(costUsd)) > MostThatFits;

    public static string Text(CostSource source) => source switch
    {
        CostSource.Unknown => "unknown",
        CostSource.Reported => "reported",
        CostSource.Reconciled => "reconciled",
        CostSource.Computed => "computed",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "A source without a text."),
    };

    /// <summary>Reads what a row says. A word of a later version counts as reported: nothing is known that is better.</summary>
    public static CostSource Source(string text) => text switch
    {
        "unknown" => CostSource.Unknown,
        "reconciled" => CostSource.Reconciled,
        "computed" => CostSource.Computed,
        _ => CostSource.Reported,
    };

    private static decimal Rounded(decimal costUsd) => decimal.Round(costUsd, 8, MidpointRounding.ToEven);
}
