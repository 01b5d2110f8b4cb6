namespace Jarvis.SemanticKernel;

/// <summary>Records what was earned and what was paid besides model calls. Registered by <c>AddJarvisOperator</c>. Thread-safe.</summary>
public interface IBookkeeping
{
    /// <summary>Records operating costs: all of them or, when one is at fault, none.</summary>
    /// <param name="costs">The costs.</param>
    /// <param name="cancellationToken">Cancels the recording.</param>
    /// <returns>What became of each, in their order.</returns>
    /// <exception cref="ArgumentException">An amount, period, category or reference is not acceptable, or a reference stands for something else already. Names every fault.</exception>
    Task<IReadOnlyList<Booking>> RecordCostsAsync(IReadOnlyList<OperatingCost> costs, CancellationToken cancellationToken = default);

    /// <summary>Records revenue: all of it or, when one is at fault, none.</summary>
    /// <param name="revenue">The revenue.</param>
    /// <param name="cancellationToken">Cancels the recording.</param>
    /// <returns>What became of each, in their order.</returns>
    /// <exception cref="ArgumentException">An amount, strategy or reference is not acceptable, or a reference stands for something else already. Names every fault.</exception>
    Task<IReadOnlyList<Booking>> RecordRevenueAsync(IReadOnlyList<Revenue> revenue, CancellationToken cancellationToken = default);

    /// <summary>Says which goal a strategy serves, or serves from now on. Of no effect where the database has a table <c>strategies</c>, which says it itself.</summary>
    /// <param name="strategy">The strategy, as revenue names it.</param>
    /// <param name="goal">The goal.</param>
    /// <param name="cancellationToken">Cancels the recording.</param>
    /// <returns>A task that completes when it is recorded.</returns>
    /// <exception cref="InvalidOperationException">The table <c>strategies</c> says it here.</exception>
    Task AssignAsync(string strategy, int goal, CancellationToken cancellationToken = default);

    /// <summary>Gets the operating costs whose period overlaps a period, the earliest first.</summary>
    /// <param name="from">The first instant of the period.</param>
    /// <param name="to">The first instant after it.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The costs with their whole amounts.</returns>
    Task<IReadOnlyList<OperatingCost>> GetCostsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default);

    /// <summary>Gets what was earned in a period, the earliest first.</summary>
    /// <param name="from">The first instant of the period.</param>
    /// <param name="to">The first instant after it.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The revenue.</returns>
    Task<IReadOnlyList<Revenue>> GetRevenueAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default);
}
