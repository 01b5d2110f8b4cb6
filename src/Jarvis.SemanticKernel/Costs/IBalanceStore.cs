namespace Jarvis.SemanticKernel.Costs;

/// <summary>What OpenRouter said of keys, each by a name that does not tell it.</summary>
internal interface IBalanceStore
{
    /// <summary>By whom the audit says that the switch was activated for want of credits.</summary>
    const string TriggeredBy = "credits";

    /// <summary>
    /// Adds what was read, and tells whether the notice that is due with it is this process's to bring: of all that share the database, one brings a warning in each
    /// <paramref name="every"/>, and one says after a warning that there is enough again.
    /// </summary>
    Task<bool> AddAsync(string account, CreditReading reading, CreditNoticeKind? notice, TimeSpan every, CancellationToken cancellationToken);

    Task<CreditReading?> ReadFirstAsync(string account, CancellationToken cancellationToken);

    /// <summary>Whether the switch was activated for want of credits, by any process, and nobody has read of at least so much since.</summary>
    Task<bool> HasStoppedAsync(string account, decimal enoughUsd, CancellationToken cancellationToken);

    /// <summary>The newest of all keys, with the first of the same key.</summary>
    Task<CreditReading?> ReadNewestAsync(CancellationToken cancellationToken);
}
