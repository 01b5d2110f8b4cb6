namespace Jarvis.SemanticKernel;

/// <summary>What was earned.</summary>
public sealed record Revenue
{
    /// <summary>Gets the strategy that earned it, by which the goal is found.</summary>
    /// <value>Not blank.</value>
    public required string Strategy { get; init; }

    /// <summary>Gets the amount in USD; negative for money that was given back.</summary>
    /// <value>Not zero, less than 10,000 either way, with at most eight decimal places.</value>
    public required decimal AmountUsd { get; init; }

    /// <summary>Gets when it was earned.</summary>
    public required DateTimeOffset EarnedAt { get; init; }

    /// <summary>Gets where it came from, such as a shop or a customer.</summary>
    public string? Source { get; init; }

    /// <summary>Gets what tells it from others, such as the number of a payment. A second one with the same reference is not recorded.</summary>
    /// <value>Not blank, at most 200 characters.</value>
    public string? Reference { get; init; }

    /// <summary>Gets its row in <c>revenue</c>; <see langword="null"/> before it is recorded.</summary>
    public int? Id { get; init; }
}
