namespace Jarvis.SemanticKernel;

/// <summary>What OpenRouter said of the key, beside what the ledger said at the same time.</summary>
public sealed record CreditReading
{
    /// <summary>Gets when it was asked.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the limit of the key in USD; <see langword="null"/> when it has none.</summary>
    public decimal? LimitUsd { get; init; }

    /// <summary>Gets what is left of the limit; <see langword="null"/> when the key has none.</summary>
    public decimal? RemainingUsd { get; init; }

    /// <summary>Gets what was ever spent with the key, provider keys of one's own included; <see langword="null"/> when the answer did not say it.</summary>
    public decimal? UsedUsd { get; init; }

    /// <summary>Gets the known cost of all calls in the ledger.</summary>
    public decimal LedgerUsd { get; init; }

    /// <summary>Gets the first reading of the key that was recorded, from which differences count; <see langword="null"/> for the first itself.</summary>
    public CreditReading? First { get; init; }

    /// <summary>
    /// Gets how much more was spent with the key than the ledger knows of, since the first reading; below zero when the ledger knows of more. What other programs spend with the key is in it, and
    /// what this ledger spends with other keys, calls of unknown cost, and calls that OpenRouter has not counted yet. <see langword="null"/> without a reading before.
    /// </summary>
    public decimal? DifferenceUsd => First is { UsedUsd: { } usedThen } first && UsedUsd is { } used ? used - usedThen - (LedgerUsd - first.LedgerUsd) : null;
}
