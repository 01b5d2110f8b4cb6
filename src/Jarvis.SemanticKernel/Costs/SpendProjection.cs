namespace Jarvis.SemanticKernel;

/// <summary>
/// What a month will have cost if it goes on as it began: <c>SpentUsd × (To − From) ÷ (At − From)</c>. Weekdays, trends and calls of unknown cost are not taken into account.
/// </summary>
public sealed record SpendProjection
{
    /// <summary>Gets the first instant of the month.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>Gets the instant up to which the spend is known: now.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Gets the first instant of the next month.</summary>
    public DateTimeOffset To { get; init; }

    /// <summary>Gets what was spent from <see cref="From"/> to <see cref="At"/>, exact.</summary>
    public decimal SpentUsd { get; init; }

    /// <summary>Gets the number of calls in <see cref="SpentUsd"/> or beside it.</summary>
    public long Calls { get; init; }

    /// <summary>Gets the number of calls whose cost is in neither amount because nobody knows it yet.</summary>
    public long UnresolvedCalls { get; init; }

    /// <summary>Gets the estimate for the whole month, not rounded; <see langword="null"/> in the month's first instant, which is no basis.</summary>
    public decimal? ProjectedUsd { get; init; }
}
