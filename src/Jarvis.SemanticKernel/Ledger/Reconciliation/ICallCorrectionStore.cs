namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>Corrects committed records.</summary>
internal interface ICallCorrectionStore
{
    /// <summary>
    /// In one commit: keeps what the record says, corrects it, and gives it its row in ai_calls or corrects that. Any number of processes may do the same at once; one
    /// of them does it.
    /// </summary>
    /// <returns>True when it was done; false when the record knows its cost from as good a source or a better one; null when there is no such record.</returns>
    Task<bool?> CorrectAsync(CallCorrection correction, CancellationToken cancellationToken);
}
