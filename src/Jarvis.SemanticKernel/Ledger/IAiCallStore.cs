namespace Jarvis.SemanticKernel.Ledger;

/// <summary>Where committed records live. One statement and one commit for a batch.</summary>
internal interface IAiCallStore
{
    /// <summary>Gets how many batches may be written at the same time.</summary>
    int MaxConcurrentBatches { get; }

    /// <summary>
    /// Writes the batch in one commit: a row of details for each record, and a row of ai_calls for each whose cost is known.
    /// Records whose CallId is already stored, and repetitions inside the batch, are left out in silence.
    /// </summary>
    ValueTask AppendAsync(IReadOnlyList<AiCallRecord> batch, CancellationToken cancellationToken);

    /// <summary>True when the store refused the content of a record (retrying it alone may save the others), false when the store itself failed.</summary>
    bool IsRefusal(Exception exception);
}
