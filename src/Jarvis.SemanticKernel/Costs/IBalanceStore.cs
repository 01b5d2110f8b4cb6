namespace Jarvis.SemanticKernel.Costs;

/// <summary>What OpenRouter said of keys, each by a name that does not tell it.</summary>
internal interface IBalanceStore
{
    Task AddAsync(string account, CreditReading reading, CancellationToken cancellationToken);

    Task<CreditReading?> ReadFirstAsync(string account, CancellationToken cancellationToken);

    /// <summary>The newest of all keys, with the first of the same key.</summary>
    Task<CreditReading?> ReadNewestAsync(CancellationToken cancellationToken);
}
