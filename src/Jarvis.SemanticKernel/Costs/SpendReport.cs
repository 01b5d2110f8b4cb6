namespace Jarvis.SemanticKernel;

/// <summary>What was spent in the half-open period from <paramref name="From"/> to <paramref name="To"/>.</summary>
/// <param name="From">The first instant of the period.</param>
/// <param name="To">The first instant after the period.</param>
/// <param name="By">What the lines stand for.</param>
/// <param name="Lines">One line for each key, the most expensive first.</param>
/// <param name="Total">The sum of all lines.</param>
public sealed record SpendReport(DateTimeOffset From, DateTimeOffset To, SpendGrouping By, IReadOnlyList<SpendLine> Lines, SpendLine Total);
