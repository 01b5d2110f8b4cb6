namespace Jarvis.SemanticKernel;

/// <summary>How the ledger writes.</summary>
public sealed class LedgerOptions
{
    /// <summary>
    /// Gets or sets how long a batch of records may take to be committed before they go to the local journal, or without one, before their calls fail with a
    /// <see cref="LedgerException"/>.
    /// </summary>
    /// <value>More than zero, at most ten minutes; the default is two seconds.</value>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets a value indicating whether there is a local journal.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    /// <remarks>
    /// Without one a call fails when the database does not take its record, nothing is known of the calls that are under way when the process is killed, and what an
    /// earlier process left in the journal stays there.
    /// </remarks>
    public bool UseJournal { get; set; } = true;

    /// <summary>Gets or sets the folder of the local journal. Processes of one user may share it, whatever databases they use.</summary>
    /// <value>
    /// The full path of a folder on a local disk; created when missing, readable by its owner only. By default it lies beside the file of a SQLite database, with
    /// <c>.journal</c> behind its name; for Postgres it is <c>jarvis/journal</c> in the user's local application data.
    /// </value>
    /// <remarks>A process that cannot write there sends nothing: its first call throws a <see cref="JournalUnavailableException"/>.</remarks>
    public string? JournalFolder { get; set; }

    /// <summary>Gets how the upstream is asked afterwards what a call cost.</summary>
    public ReconciliationOptions Reconciliation { get; } = new();
}
