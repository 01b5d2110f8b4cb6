namespace Jarvis.SemanticKernel.Costs;

/// <summary>The order of a report's lines: the same for the same figures, whatever order a store found them in.</summary>
internal static class SpendOrder
{
    public static IEnumerable<SpendLine> Sort(IEnumerable<SpendLine> lines, SpendQuery query)
    {
        IOrderedEnumerable<SpendLine> sorted = query.Top is null && query.GroupBy.Any(SpendCalendar.IsTime)
            ? lines.OrderBy(line => line.Key.Start).ThenByDescending(line => line.CostUsd)
            : lines.OrderByDescending(line => line.CostUsd);
        foreach (SpendGrouping grouping in query.GroupBy)
        {
            sorted = grouping == SpendGrouping.Goal
                ? sorted.ThenBy(line => line.Key.Goal)
                : sorted.ThenBy(line => line.Key.GetText(grouping), StringComparer.Ordinal);
        }

        return sorted;
    }
}
