using System.Globalization;

namespace Jarvis.SemanticKernel.Costs;

internal sealed class Bookkeeping(IBookStore store, TimeProvider time) : IBookkeeping
{
    public Task<IReadOnlyList<Booking>> RecordCostsAsync(IReadOnlyList<OperatingCost> costs, CancellationToken cancellationToken = default)
    {
        BookFaults.ThrowIfAny(costs);
        return store.AddAsync(costs, AssertSame, time.GetUtcNow(), cancellationToken);
    }

    public Task<IReadOnlyList<Booking>> RecordRevenueAsync(IReadOnlyList<Revenue> revenue, CancellationToken cancellationToken = default)
    {
        BookFaults.ThrowIfAny(revenue);
        return store.AddAsync(revenue, AssertSame, time.GetUtcNow(), cancellationToken);
    }

    public async Task AssignAsync(string strategy, int goal, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(strategy);
        if (!await store.TryAssignAsync(strategy, goal, cancellationToken).ConfigureAwait(false))
        {
            throw new InvalidOperationException("This database has a table 'strategies', which says which goal a strategy serves: set its column goal_id there.");
        }
    }

    public Task<IReadOnlyList<OperatingCost>> GetCostsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default)
    {
        ThrowUnlessPeriod(from, to);
        return store.ReadCostsAsync(from, to, cancellationToken);
    }

    public Task<IReadOnlyList<Revenue>> GetRevenueAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default)
    {
        ThrowUnlessPeriod(from, to);
        return store.ReadRevenueAsync(from, to, cancellationToken);
    }

    // The same invoice sent twice is no fault; another one under its number is.
    private static void AssertSame(OperatingCost known, OperatingCost wanted)
    {
        if ((known.Category, known.AmountUsd, InMicroseconds(known.PeriodStart), InMicroseconds(known.PeriodEnd), known.Goal)
            != (wanted.Category, wanted.AmountUsd, InMicroseconds(wanted.PeriodStart), InMicroseconds(wanted.PeriodEnd), wanted.Goal))
        {
            throw Taken(
                wanted.Reference!, $"operating cost {known.Id}", $"{known.AmountUsd} USD for {known.Category} from {known.PeriodStart:yyyy-MM-dd HH:mm} to {known.PeriodEnd:yyyy-MM-dd HH:mm} UTC, goal {Goal(known.Goal)}");
        }
    }

    private static void AssertSame(Revenue known, Revenue wanted)
    {
        if ((known.Strategy, known.AmountUsd, InMicroseconds(known.EarnedAt)) != (wanted.Strategy, wanted.AmountUsd, InMicroseconds(wanted.EarnedAt)))
        {
            throw Taken(wanted.Reference!, $"revenue {known.Id}", $"{known.AmountUsd} USD earned by '{known.Strategy}' at {known.EarnedAt:yyyy-MM-dd HH:mm:ss} UTC");
        }
    }

    private static ArgumentException Taken(string reference, string row, FormattableString what) =>
        new($"The reference '{reference}' stands for {row} already, and that says something else: {what.ToString(CultureInfo.InvariantCulture)}. Nothing was recorded.");

    private static string Goal(int? goal) => goal?.ToString(CultureInfo.InvariantCulture) ?? "none";

    private static long InMicroseconds(DateTimeOffset instant) => instant.UtcTicks / TimeSpan.TicksPerMicrosecond;

    private static void ThrowUnlessPeriod(DateTimeOffset from, DateTimeOffset to)
    {
        if (to <= from)
        {
            throw new ArgumentException($"The end of the period has to be later than its start, {from:O}; {to:O} is not.", nameof(to));
        }
    }
}
