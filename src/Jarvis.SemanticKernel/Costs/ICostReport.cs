namespace Jarvis.SemanticKernel;

/// <summary>The one door through which costs are read. Thread-safe.</summary>
public interface ICostReport
{
    /// <summary>Lists recorded calls, those that started last first, the rows of other programs included.</summary>
    /// <param name="limit">How many, 1 to 1,000.</param>
    /// <param name="since">Only those that started then or later; <see langword="null"/> is no limit.</param>
    /// <param name="status">Only those that ended so; <see langword="null"/> is all, those of other programs included, of which it is not known.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The calls.</returns>
    /// <exception cref="ArgumentException"><paramref name="limit"/> or <paramref name="status"/> is none that is accepted.</exception>
    Task<IReadOnlyList<CallLine>> GetCallsAsync(int limit = 20, DateTimeOffset? since = null, AiCallStatus? status = null, CancellationToken cancellationToken = default);

    /// <summary>Sums what was spent in a period.</summary>
    /// <param name="from">The first instant of the period.</param>
    /// <param name="to">The first instant after the period.</param>
    /// <param name="by">What the lines of the report stand for.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The report; its sums are exact.</returns>
    /// <exception cref="ArgumentException"><paramref name="to"/> is not after <paramref name="from"/>.</exception>
    Task<SpendReport> GetSpendAsync(DateTimeOffset from, DateTimeOffset to, SpendGrouping by = SpendGrouping.Tier, CancellationToken cancellationToken = default);
}
