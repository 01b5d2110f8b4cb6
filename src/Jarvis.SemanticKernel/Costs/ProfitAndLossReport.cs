namespace Jarvis.SemanticKernel;

/// <summary>What was earned, what it cost and what was left in the half-open period of a query.</summary>
public sealed record ProfitAndLossReport
{
    /// <summary>Gets the question that this answers.</summary>
    public required ProfitAndLossQuery Query { get; init; }

    /// <summary>Gets one line for each goal or strategy with an amount or a call of unknown cost, the largest net first, and last what is not allocated. They add up to <see cref="Total"/>.</summary>
    public IReadOnlyList<ProfitAndLossLine> Lines { get; init; } = [];

    /// <summary>Gets the sum of everything, allocated or not.</summary>
    public ProfitAndLossLine Total { get; init; } = new();
}
