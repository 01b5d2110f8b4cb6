namespace Jarvis.SemanticKernel.Costs;

/// <summary>Which part of an amount for one period falls into another.</summary>
internal static class ProRating
{
    // Finer than anybody counts, and coarse enough for sums of such amounts to be exact.
    private const int Places = 18;

    /// <summary>By time. Parts of periods that follow each other add up to the amount, to the last digit; each is exact to 18 decimal places.</summary>
    public static decimal Share(OperatingCost cost, DateTimeOffset from, DateTimeOffset to)
    {
        if (cost.PeriodEnd <= cost.PeriodStart)
        {
            return cost.PeriodStart >= from && cost.PeriodStart < to ? cost.AmountUsd : 0;
        }

        return Until(cost, to) - Until(cost, from);
    }

    private static decimal Until(OperatingCost cost, DateTimeOffset instant)
    {
        if (instant <= cost.PeriodStart)
        {
            return 0;
        }

        return instant >= cost.PeriodEnd
            ? cost.AmountUsd
            : decimal.Round(cost.AmountUsd * (instant - cost.PeriodStart).Ticks / (cost.PeriodEnd - cost.PeriodStart).Ticks, Places);
    }
}
