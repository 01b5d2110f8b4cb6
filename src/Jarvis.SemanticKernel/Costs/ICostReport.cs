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
    /// <param name="query">The period, the lines wanted and the calls that count.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The report; its sums are exact. One line for each key that occurs: there is none for an hour or a day without calls.</returns>
    /// <exception cref="ArgumentException">The query asks for what there is not. Names every fault, with what is accepted.</exception>
    Task<SpendReport> GetSpendAsync(SpendQuery query, CancellationToken cancellationToken = default);

    /// <summary>Estimates what the current month will have cost at its end.</summary>
    /// <param name="filter">Which calls count; all of them by default.</param>
    /// <param name="timeZone">Whose month is meant; UTC by default.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The estimate and what it rests on.</returns>
    Task<SpendProjection> ProjectMonthAsync(SpendFilter? filter = null, TimeZoneInfo? timeZone = null, CancellationToken cancellationToken = default);

    /// <summary>Says what was earned, what it cost and what was left in a period.</summary>
    /// <param name="query">The period, and what the lines stand for.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The report; its amounts are exact, parts of operating costs to 18 decimal places.</returns>
    /// <exception cref="ArgumentException">The query asks for what there is not. Names every fault, with what is accepted.</exception>
    Task<ProfitAndLossReport> GetProfitAndLossAsync(ProfitAndLossQuery query, CancellationToken cancellationToken = default);

    /// <summary>Gets what OpenRouter said last of what is left, whichever process asked. Asks nobody; <see cref="ICreditMonitor"/> does.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The newest reading; <see langword="null"/> when there is none.</returns>
    Task<CreditReading?> GetCreditsAsync(CancellationToken cancellationToken = default);
}
