namespace Jarvis.SemanticKernel;

/// <summary>What was spent in the half-open period of a query.</summary>
public sealed record SpendReport
{
    /// <summary>Gets the question that this answers.</summary>
    public required SpendQuery Query { get; init; }

    /// <summary>Gets one line for each key that occurs, the most expensive first; when grouped by time and not limited by <see cref="SpendQuery.Top"/>, the earliest first.</summary>
    public IReadOnlyList<SpendLine> Lines { get; init; } = [];

    /// <summary>Gets the sum of everything that the filter lets pass, <see cref="Rest"/> included.</summary>
    public SpendLine Total { get; init; } = new();

    /// <summary>Gets the sum of the lines that <see cref="SpendQuery.Top"/> left out; <see langword="null"/> when it left none out.</summary>
    public SpendLine? Rest { get; init; }

    /// <summary>Gets how many lines are summed in <see cref="Rest"/>.</summary>
    public int RestCount { get; init; }

    /// <summary>Gets a value indicating whether every row of the period was read, instead of sums that the database keeps. Slow over many calls unless one goal or one run was asked for.</summary>
    public bool IsFromRawRows { get; init; }

    /// <summary>
    /// Gets the answer to the same question about the period before, all of its lines; <see langword="null"/> when the query did not ask. Whole months of the time zone are
    /// compared with as many months, whole days with as many days, and any other period with one of the same length.
    /// </summary>
    public SpendReport? Previous { get; init; }
}
