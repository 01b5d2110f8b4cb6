namespace Jarvis.SemanticKernel;

/// <summary>What one goal or strategy earned and cost, or all of them together. Nothing is rounded.</summary>
public sealed record ProfitAndLossLine
{
    /// <summary>Gets the goal; <see langword="null"/> for what belongs to none, and for the total.</summary>
    public int? Goal { get; init; }

    /// <summary>Gets the strategy when the report is by strategy; <see langword="null"/> for what belongs to none, or to a goal that several serve.</summary>
    public string? Strategy { get; init; }

    /// <summary>Gets what was earned.</summary>
    public decimal RevenueUsd { get; init; }

    /// <summary>Gets the known cost of the model calls in the ledger.</summary>
    public decimal AiSpendUsd { get; init; }

    /// <summary>Gets the operating costs, by time where they overlap the period only partly.</summary>
    public decimal OperatingCostsUsd { get; init; }

    /// <summary>Gets how much of <see cref="OperatingCostsUsd"/> was for model calls outside the ledger.</summary>
    public decimal OtherInferenceUsd { get; init; }

    /// <summary>Gets the number of calls that may have cost something nobody knows yet. Their cost is in no amount.</summary>
    public long UnresolvedCalls { get; init; }

    /// <summary>Gets what is left: revenue less the spend on models and the operating costs.</summary>
    public decimal NetUsd => RevenueUsd - AiSpendUsd - OperatingCostsUsd;
}
