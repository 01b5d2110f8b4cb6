namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>What came of asking about one call.</summary>
internal readonly record struct CostFinding(CostFindingKind Kind, decimal CostUsd = 0m);

internal enum CostFindingKind
{
    /// <summary>The record was corrected.</summary>
    Corrected,

    /// <summary>The record has a cost from as good a source or a better one.</summary>
    KnownMeanwhile,

    /// <summary>The endpoint knows nothing of the call, or not enough yet.</summary>
    NotKnown,

    /// <summary>The endpoint knows the call and names no cost that can be meant.</summary>
    NoCost,

    /// <summary>There is a cost, and no record to correct yet.</summary>
    NoRecord,
}
