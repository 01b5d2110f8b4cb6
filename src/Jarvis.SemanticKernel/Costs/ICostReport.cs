namespace Jarvis.SemanticKernel;

/// <summary>The one door through which costs are read. Thread-safe.</summary>
public interface ICostReport
{
    /// <summary>Sums what was spent in a period.</summary>
    /// <param name="from">The first instant of the period.</param>
    /// <param name="to">The first instant after the period.</param>
    /// <param name="by">What the lines of the report stand for.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The report; its sums are exact.</returns>
    /// <exception cref="ArgumentException"><paramref name="to"/> is not after <paramref name="from"/>.</exception>
    Task<SpendReport> GetSpendAsync(DateTimeOffset from, DateTimeOffset to, SpendGrouping by = SpendGrouping.Tier, CancellationToken cancellationToken = default);
}
