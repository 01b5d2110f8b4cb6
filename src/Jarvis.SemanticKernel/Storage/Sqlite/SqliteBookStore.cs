using System.Globalization;
using Jarvis.SemanticKernel.Costs;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>Operating costs and revenue. What the shared tables have no column for is in jarvis_bookings.</summary>
internal sealed class SqliteBookStore(SqliteConnections connections, IJarvisDatabase database) : IBookStore
{
    private const decimal PerUsd = 100_000_000m;

    private const string Costs =
        """
        SELECT c.id, c.category, c.amount_usd, c.period_start, c.period_end, c.description, b.goal_id, b.reference
        FROM operating_costs c LEFT JOIN jarvis_bookings b ON b.kind = 'cost' AND b.row_id = c.id
        """;

    private const string CostsOf =
        $"{Costs} WHERE c.period_start < $to AND (c.period_end > $from OR (c.period_end <= c.period_start AND c.period_start >= $from)) ORDER BY c.period_start, c.id";

    private const string AddCost =
        """
        INSERT INTO operating_costs (category, amount_usd, description, period_start, period_end, created_at) VALUES ($category, $amount, $description, $start, $end, $now);
        SELECT last_insert_rowid()
        """;

    private const string Earned =
        """
        SELECT r.id, r.strategy_id, r.amount_usd, r.earned_at, r.source_attribution, b.reference
        FROM revenue r LEFT JOIN jarvis_bookings b ON b.kind = 'revenue' AND b.row_id = r.id
        """;

    private const string EarnedIn = $"{Earned} WHERE r.earned_at >= $from AND r.earned_at < $to ORDER BY r.earned_at, r.id";

    private const string AddRevenue =
        """
        INSERT INTO revenue (strategy_id, source_attribution, amount_usd, earned_at, created_at) VALUES ($strategy, $source, $amount, $earned, $now);
        SELECT last_insert_rowid()
        """;

    // What another program deleted frees its reference.
    private const string Keep =
        """
        DELETE FROM jarvis_bookings WHERE kind = $kind AND (row_id = $row OR reference = $reference);
        INSERT INTO jarvis_bookings (kind, row_id, reference, goal_id) SELECT $kind, $row, $reference, $goal WHERE $reference IS NOT NULL OR $goal IS NOT NULL
        """;

    private const string HasStrategies = "SELECT count(*) = 2 FROM pragma_table_info('strategies') WHERE name IN ('id', 'goal_id')";

    public async Task<IReadOnlyList<Booking>> AddAsync(
        IReadOnlyList<OperatingCost> costs, Action<OperatingCost, OperatingCost> accept, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<Booking> bookings = [];
        await WriteAsync(
            (connection, transaction) =>
            {
                foreach (OperatingCost cost in costs)
                {
                    if (Find(connection, $"{Costs} WHERE b.reference = $reference", cost.Reference, ReadCost) is { } known)
                    {
                        accept(known, cost);
                        bookings.Add(new Booking(known.Id!.Value, IsNew: false));
                        continue;
                    }

                    int row = Convert.ToInt32(Scalar(
                        connection,
                        AddCost,
                        ("$category", StorableCategory.Text(cost.Category)), ("$amount", SqliteMoney.From(cost.AmountUsd)), ("$description", StorableText.From(cost.Description)),
                        ("$start", SqliteTime.From(cost.PeriodStart)), ("$end", SqliteTime.From(cost.PeriodEnd)), ("$now", SqliteTime.From(now))), CultureInfo.InvariantCulture);
                    Scalar(connection, Keep, ("$kind", "cost"), ("$row", row), ("$reference", StorableText.From(cost.Reference)), ("$goal", cost.Goal));
                    bookings.Add(new Booking(row, IsNew: true));
                }
            },
            cancellationToken).ConfigureAwait(false);
        return bookings;
    }

    public async Task<IReadOnlyList<Booking>> AddAsync(IReadOnlyList<Revenue> revenue, Action<Revenue, Revenue> accept, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<Booking> bookings = [];
        await WriteAsync(
            (connection, transaction) =>
            {
                foreach (Revenue earned in revenue)
                {
                    if (Find(connection, $"{Earned} WHERE b.reference = $reference", earned.Reference, ReadRevenue) is { } known)
                    {
                        accept(known, earned);
                        bookings.Add(new Booking(known.Id!.Value, IsNew: false));
                        continue;
                    }

                    int row = Convert.ToInt32(Scalar(
                        connection,
                        AddRevenue,
                        ("$strategy", StorableText.From(earned.Strategy)), ("$source", StorableText.From(earned.Source)), ("$amount", SqliteMoney.From(earned.AmountUsd)),
                        ("$earned", SqliteTime.From(earned.EarnedAt)), ("$now", SqliteTime.From(now))), CultureInfo.InvariantCulture);
                    Scalar(connection, Keep, ("$kind", "revenue"), ("$row", row), ("$reference", StorableText.From(earned.Reference)), ("$goal", null));
                    bookings.Add(new Booking(row, IsNew: true));
                }
            },
            cancellationToken).ConfigureAwait(false);
        return bookings;
    }

    public async Task<bool> TryAssignAsync(string strategy, int goal, CancellationToken cancellationToken)
    {
        bool isOurs = false;
        await WriteAsync(
            (connection, transaction) =>
            {
                isOurs = Scalar(connection, HasStrategies) is 0L;
                if (isOurs)
                {
                    Scalar(
                        connection,
                        "INSERT INTO jarvis_strategy_goals (strategy_id, goal_id) VALUES ($strategy, $goal) ON CONFLICT (strategy_id) DO UPDATE SET goal_id = excluded.goal_id",
                        ("$strategy", StorableText.From(strategy)), ("$goal", goal));
                }
            },
            cancellationToken).ConfigureAwait(false);
        return isOurs;
    }

    public Task<IReadOnlyList<OperatingCost>> ReadCostsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        ReadAsync(CostsOf, ReadCost, cancellationToken, ("$from", SqliteTime.From(from)), ("$to", SqliteTime.From(to)));

    public Task<IReadOnlyList<Revenue>> ReadRevenueAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        ReadAsync(EarnedIn, ReadRevenue, cancellationToken, ("$from", SqliteTime.From(from)), ("$to", SqliteTime.From(to)));

    public async Task<IReadOnlyDictionary<string, int>> ReadGoalsAsync(CancellationToken cancellationToken)
    {
        bool isTheirs = (await ReadAsync(HasStrategies, row => row.GetBoolean(0), cancellationToken).ConfigureAwait(false))[0];
        string goals = isTheirs ? "SELECT CAST(id AS TEXT), goal_id FROM strategies WHERE goal_id IS NOT NULL" : "SELECT strategy_id, goal_id FROM jarvis_strategy_goals";
        return (await ReadAsync(goals, row => KeyValuePair.Create(row.GetString(0), row.GetInt32(1)), cancellationToken).ConfigureAwait(false)).ToDictionary(StringComparer.Ordinal);
    }

    private static OperatingCost ReadCost(SqliteDataReader row) => new()
    {
        Id = row.GetInt32(0),
        Category = StorableCategory.Read(row.GetString(1)),
        AmountUsd = row.GetInt64(2) / PerUsd,
        PeriodStart = SqliteTime.Read(row.GetString(3)),
        PeriodEnd = SqliteTime.Read(row.GetString(4)),
        Description = row.IsDBNull(5) ? null : row.GetString(5),
        Goal = row.IsDBNull(6) ? null : row.GetInt32(6),
        Reference = row.IsDBNull(7) ? null : row.GetString(7),
    };

    private static Revenue ReadRevenue(SqliteDataReader row) => new()
    {
        Id = row.GetInt32(0),
        Strategy = row.GetString(1),
        AmountUsd = row.GetInt64(2) / PerUsd,
        EarnedAt = SqliteTime.Read(row.GetString(3)),
        Source = row.IsDBNull(4) ? null : row.GetString(4),
        Reference = row.IsDBNull(5) ? null : row.GetString(5),
    };

    private static T? Find<T>(SqliteConnection connection, string sql, string? reference, Func<SqliteDataReader, T> read)
        where T : class => reference is null ? null : Read(connection, sql, read, ("$reference", StorableText.From(reference))).FirstOrDefault();

    private static object? Scalar(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqliteCommand command = Command(connection, sql, values);
        return command.ExecuteScalar();
    }

    private static List<T> Read<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqliteCommand command = Command(connection, sql, values);
        using SqliteDataReader reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach ((string name, object? value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    private async Task WriteAsync(Action<SqliteConnection, SqliteTransaction> write, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        await connections.WriteAsync(write, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<SqliteDataReader, T> read, CancellationToken cancellationToken, params (string Name, object? Value)[] values)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        return await connections.ReadAsync<IReadOnlyList<T>>(connection => Read(connection, sql, read, values), cancellationToken).ConfigureAwait(false);
    }
}
