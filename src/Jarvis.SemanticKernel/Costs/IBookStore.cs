namespace Jarvis.SemanticKernel.Costs;

/// <summary>The tables of operating costs and revenue.</summary>
internal interface IBookStore
{
    /// <summary>Adds all of them in one transaction, unless <paramref name="accept"/> throws at a row found under the same reference.</summary>
    Task<IReadOnlyList<Booking>> AddAsync(IReadOnlyList<OperatingCost> costs, Action<OperatingCost, OperatingCost> accept, DateTimeOffset now, CancellationToken cancellationToken);

    Task<IReadOnlyList<Booking>> AddAsync(IReadOnlyList<Revenue> revenue, Action<Revenue, Revenue> accept, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Returns false where the table of another program says which goal a strategy serves.</summary>
    Task<bool> TryAssignAsync(string strategy, int goal, CancellationToken cancellationToken);

    /// <summary>Those that overlap the half-open period, or whose instant lies in it where the period of a row has no length.</summary>
    Task<IReadOnlyList<OperatingCost>> ReadCostsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    Task<IReadOnlyList<Revenue>> ReadRevenueAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>The goal of every strategy that has one.</summary>
    Task<IReadOnlyDictionary<string, int>> ReadGoalsAsync(CancellationToken cancellationToken);
}
