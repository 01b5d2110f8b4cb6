namespace Jarvis.SemanticKernel;

/// <summary>How the ledger writes.</summary>
public sealed class LedgerOptions
{
    /// <summary>Gets or sets how long a batch of records may take to be committed before the call fails with a <see cref="LedgerException"/>.</summary>
    /// <value>More than zero, at most ten minutes; the default is 30 seconds.</value>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how the upstream is asked afterwards what a call cost.</summary>
    public ReconciliationOptions Reconciliation { get; } = new();
}
