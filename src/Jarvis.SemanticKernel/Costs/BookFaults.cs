using System.Globalization;

namespace Jarvis.SemanticKernel.Costs;

/// <summary>Finds everything that is wrong with what is to be recorded.</summary>
internal static class BookFaults
{
    public const int LongestReference = 200;

    private const decimal Most = 9999.99999999m;
    private const int Places = 8;

    public static void ThrowIfAny(IReadOnlyList<OperatingCost> costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        Throw(costs.SelectMany((cost, at) => Of(cost).Select(fault => Place(at, costs.Count) + fault)).Concat(Twice(costs.Select(cost => cost?.Reference))), nameof(costs));
    }

    public static void ThrowIfAny(IReadOnlyList<Revenue> revenue)
    {
        ArgumentNullException.ThrowIfNull(revenue);
        Throw(revenue.SelectMany((earned, at) => Of(earned).Select(fault => Place(at, revenue.Count) + fault)).Concat(Twice(revenue.Select(earned => earned?.Reference))), nameof(revenue));
    }

    private static List<string> Of(OperatingCost? cost)
    {
        if (cost is null)
        {
            return ["it is null."];
        }

        List<string> faults = [.. OfAmount(cost.AmountUsd), .. OfReference(cost.Reference)];
        if (!Enum.IsDefined(cost.Category))
        {
            faults.Add($"{nameof(cost.Category)} is {cost.Category}; accepted are {string.Join(", ", Enum.GetNames<OperatingCostCategory>())}.");
        }

        if (cost.PeriodEnd.UtcTicks / TimeSpan.TicksPerMicrosecond <= cost.PeriodStart.UtcTicks / TimeSpan.TicksPerMicrosecond)
        {
            faults.Add($"{nameof(cost.PeriodEnd)} has to be later than {nameof(cost.PeriodStart)}, {cost.PeriodStart:O}; {cost.PeriodEnd:O} is not.");
        }

        return faults;
    }

    private static List<string> Of(Revenue? earned)
    {
        if (earned is null)
        {
            return ["it is null."];
        }

        List<string> faults = [.. OfAmount(earned.AmountUsd), .. OfReference(earned.Reference)];
        if (string.IsNullOrWhiteSpace(earned.Strategy))
        {
            faults.Add($"{nameof(earned.Strategy)} is missing; accepted is the strategy that earned it.");
        }

        return faults;
    }

    private static IEnumerable<string> OfAmount(decimal amount)
    {
        if (amount == 0 || decimal.Abs(amount) > Most)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the amount is {amount} USD; accepted is any but 0, up to {Most} either way. Record more in parts.");
        }
        else if (decimal.Round(amount, Places) != amount)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the amount is {amount} USD; accepted are at most {Places} decimal places.");
        }
    }

    private static IEnumerable<string> OfReference(string? reference)
    {
        if (reference is not null && (string.IsNullOrWhiteSpace(reference) || reference.Length > LongestReference))
        {
            yield return $"the reference has {reference.Length} characters; accepted are 1 to {LongestReference} that are not all blank, or none.";
        }
    }

    private static IEnumerable<string> Twice(IEnumerable<string?> references) =>
        references.OfType<string>().GroupBy(reference => reference, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => $"The reference '{same.Key}' is there {same.Count()} times.");

    private static string Place(int at, int count) => count == 1 ? "" : $"Entry {at + 1}: ";

    private static void Throw(IEnumerable<string> found, string parameter)
    {
        string[] faults = [.. found.Select(fault => char.ToUpperInvariant(fault[0]) + fault[1..])];
        if (faults.Length > 0)
        {
            throw new ArgumentException(string.Join(" ", faults), parameter);
        }
    }
}
