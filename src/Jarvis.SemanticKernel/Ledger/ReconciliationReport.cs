namespace Jarvis.SemanticKernel;

/// <summary>What <see cref="ICostReconciliation.ReconcileAsync"/> found, or has found so far.</summary>
/// <param name="Total">The calls to ask about.</param>
/// <param name="Reconciled">The calls whose record was corrected.</param>
/// <param name="CostUsd">What the corrected calls cost together, exactly, in USD.</param>
/// <param name="KnownMeanwhile">The calls that somebody else had corrected when the answer came.</param>
/// <param name="Unknown">The calls about which the endpoint had nothing to say, or no cost that can be meant.</param>
/// <param name="Fault">Why the asking ended before all were asked about, and what to do; <see langword="null"/> when it did not.</param>
public sealed record ReconciliationReport(int Total, int Reconciled, decimal CostUsd, int KnownMeanwhile, int Unknown, string? Fault)
{
    /// <summary>Gets the calls that were asked about.</summary>
    public int Asked => Reconciled + KnownMeanwhile + Unknown;
}
