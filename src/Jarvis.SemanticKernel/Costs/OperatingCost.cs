namespace Jarvis.SemanticKernel;

/// <summary>What something other than a recorded model call cost over a period.</summary>
public sealed record OperatingCost
{
    /// <summary>Gets what it was for.</summary>
    public required OperatingCostCategory Category { get; init; }

    /// <summary>Gets the amount in USD; negative for money that came back.</summary>
    /// <value>Not zero, less than 10,000 either way, with at most eight decimal places.</value>
    public required decimal AmountUsd { get; init; }

    /// <summary>Gets the first instant of the period that it pays for.</summary>
    public required DateTimeOffset PeriodStart { get; init; }

    /// <summary>Gets the first instant after the period.</summary>
    /// <value>Later than <see cref="PeriodStart"/>.</value>
    public required DateTimeOffset PeriodEnd { get; init; }

    /// <summary>Gets what people want to know about it.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the goal that it belongs to; one without a goal is shown as unallocated.</summary>
    public int? Goal { get; init; }

    /// <summary>Gets what tells it from others, such as the number of an invoice. A second one with the same reference is not recorded.</summary>
    /// <value>Not blank, at most 200 characters.</value>
    public string? Reference { get; init; }

    /// <summary>Gets its row in <c>operating_costs</c>; <see langword="null"/> before it is recorded.</summary>
    public int? Id { get; init; }
}
