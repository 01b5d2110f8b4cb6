using System.Data;
using Jarvis.SemanticKernel.Costs;
using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>Operating costs and revenue. What the shared tables have no column for is in jarvis.bookings.</summary>
internal sealed class PostgresBookStore(PostgresConnections connections, IJarvisDatabase database) : IBookStore
{
    // Recording is rare: one at a time, so that a reference is never looked up while another process takes it.
    private const string Lock = "SELECT pg_advisory_xact_lock(81820166023541)";

    private const string Costs =
        """
        SELECT c.id, c.category::text, c.amount_usd, c.period_start, c.period_end, c.description, b.goal_id, b.reference
        FROM operating_costs c LEFT JOIN jarvis.bookings b ON b.kind = 'cost' AND b.row_id = c.id
        """;

    private const string CostsOf =
        $"""
        {Costs} WHERE c.amount_usd <> 'NaN' AND c.period_start < $2 AT TIME ZONE 'UTC'
          AND (c.period_end > $1 AT TIME ZONE 'UTC' OR (c.period_end <= c.period_start AND c.period_start >= $1 AT TIME ZONE 'UTC'))
        ORDER BY c.period_start, c.id
        """;

    private const string AddCost =
        """
        INSERT INTO operating_costs (category, amount_usd, description, period_start, period_end, created_at)
        VALUES ($1::cost_category, $2, $3, $4 AT TIME ZONE 'UTC', $5 AT TIME ZONE 'UTC', $6 AT TIME ZONE 'UTC') RETURNING id
        """;

    private const string Earned =
        """
        SELECT r.id, r.strategy_id, r.amount_usd, r.earned_at, r.source_attribution, b.reference
        FROM revenue r LEFT JOIN jarvis.bookings b ON b.kind = 'revenue' AND b.row_id = r.id
        """;

    private const string EarnedIn =
        $"{Earned} WHERE r.amount_usd <> 'NaN' AND r.earned_at >= $1 AT TIME ZONE 'UTC' AND r.earned_at < $2 AT TIME ZONE 'UTC' ORDER BY r.earned_at, r.id";

    private const string AddRevenue =
        """
        INSERT INTO revenue (strategy_id, source_attribution, amount_usd, earned_at, created_at)
        VALUES ($1, $2, $3, $4 AT TIME ZONE 'UTC', $5 AT TIME ZONE 'UTC') RETURNING id
        """;

    // What another program deleted frees its reference, and its id where ids begin anew.
    private const string Forget = "DELETE FROM jarvis.bookings WHERE kind = $1 AND (row_id = $2 OR reference = $3)";
    private const string Keep = "INSERT INTO jarvis.bookings (kind, row_id, reference, goal_id) VALUES ($1, $2, $3, $4)";

    private const string HasStrategies =
        "SELECT count(*) = 2 FROM pg_attribute WHERE attrelid = to_regclass('strategies') AND attname IN ('id', 'goal_id') AND NOT attisdropped";

    public Task<IReadOnlyList<Booking>> AddAsync(IReadOnlyList<OperatingCost> costs, Action<OperatingCost, OperatingCost> accept, DateTimeOffset now, CancellationToken cancellationToken) =>
        AddAsync(
            costs,
            "cost",
            cost => (cost.Reference, cost.Goal),
            $"{Costs} WHERE b.reference = $1",
            row => ReadCost(row),
            known => known.Id!.Value,
            accept,
            AddCost,
            cost =>
            [
                Text(StorableCategory.Text(cost.Category)), new NpgsqlParameter<decimal> { TypedValue = cost.AmountUsd }, Text(StorableText.From(cost.Description)),
                Instant(cost.PeriodStart), Instant(cost.PeriodEnd), Instant(now),
            ],
            cancellationToken);

    public Task<IReadOnlyList<Booking>> AddAsync(IReadOnlyList<Revenue> revenue, Action<Revenue, Revenue> accept, DateTimeOffset now, CancellationToken cancellationToken) =>
        AddAsync(
            revenue,
            "revenue",
            earned => (earned.Reference, null),
            $"{Earned} WHERE b.reference = $1",
            row => ReadRevenue(row),
            known => known.Id!.Value,
            accept,
            AddRevenue,
            earned =>
            [
                Text(StorableText.From(earned.Strategy)), Text(StorableText.From(earned.Source)), new NpgsqlParameter<decimal> { TypedValue = earned.AmountUsd },
                Instant(earned.EarnedAt), Instant(now),
            ],
            cancellationToken);

    public async Task<bool> TryAssignAsync(string strategy, int goal, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        if (await HasStrategiesAsync(cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        NpgsqlCommand command = connections.Main.CreateCommand(
            "INSERT INTO jarvis.strategy_goals (strategy_id, goal_id) VALUES ($1, $2) ON CONFLICT (strategy_id) DO UPDATE SET goal_id = EXCLUDED.goal_id");
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddRange(new[] { Text(StorableText.From(strategy)), new NpgsqlParameter<int> { TypedValue = goal } });
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    public Task<IReadOnlyList<OperatingCost>> ReadCostsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        ReadAsync(CostsOf, [Instant(from), Instant(to)], ReadCost, cancellationToken);

    public Task<IReadOnlyList<Revenue>> ReadRevenueAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        ReadAsync(EarnedIn, [Instant(from), Instant(to)], ReadRevenue, cancellationToken);

    public async Task<IReadOnlyDictionary<string, int>> ReadGoalsAsync(CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        string goals = await HasStrategiesAsync(cancellationToken).ConfigureAwait(false)
            ? "SELECT id::text, goal_id::int FROM strategies WHERE goal_id IS NOT NULL"
            : "SELECT strategy_id, goal_id FROM jarvis.strategy_goals";
        IReadOnlyList<KeyValuePair<string, int>> pairs = await ReadAsync(goals, [], row => KeyValuePair.Create(row.GetString(0), row.GetInt32(1)), cancellationToken).ConfigureAwait(false);
        return pairs.ToDictionary(StringComparer.Ordinal);
    }

    private static OperatingCost ReadCost(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt32(0),
        Category = StorableCategory.Read(row.GetString(1)),
        AmountUsd = row.GetDecimal(2),
        PeriodStart = Utc(row, 3),
        PeriodEnd = Utc(row, 4),
        Description = row.IsDBNull(5) ? null : row.GetString(5),
        Goal = row.IsDBNull(6) ? null : row.GetInt32(6),
        Reference = row.IsDBNull(7) ? null : row.GetString(7),
    };

    private static Revenue ReadRevenue(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt32(0),
        Strategy = row.GetString(1),
        AmountUsd = row.GetDecimal(2),
        EarnedAt = Utc(row, 3),
        Source = row.IsDBNull(4) ? null : row.GetString(4),
        Reference = row.IsDBNull(5) ? null : row.GetString(5),
    };

    private static DateTimeOffset Utc(NpgsqlDataReader row, int column) => new(DateTime.SpecifyKind(row.GetDateTime(column), DateTimeKind.Utc));

    private static NpgsqlParameter Text(string? text) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)text ?? DBNull.Value };

    private static NpgsqlParameter<DateTime> Instant(DateTimeOffset instant) => new NpgsqlParameter<DateTime> { TypedValue = instant.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private async Task<IReadOnlyList<Booking>> AddAsync<T>(
        IReadOnlyList<T> entries,
        string kind,
        Func<T, (string? Reference, int? Goal)> extra,
        string find,
        Func<NpgsqlDataReader, T> read,
        Func<T, int> id,
        Action<T, T> accept,
        string add,
        Func<T, NpgsqlParameter[]> values,
        CancellationToken cancellationToken)
        where T : class
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        NpgsqlConnection connection = await connections.Main.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await ScalarAsync(connection, Lock, [], cancellationToken).ConfigureAwait(false);
                List<Booking> bookings = [];
                foreach (T entry in entries)
                {
                    (string? reference, int? goal) = extra(entry);
                    reference = StorableText.From(reference);
                    if (reference is not null && await ReadAsync(connection, find, [Text(reference)], read, cancellationToken).ConfigureAwait(false) is [var known, ..])
                    {
                        accept(known, entry);
                        bookings.Add(new Booking(id(known), IsNew: false));
                        continue;
                    }

                    int row = (int)(await ScalarAsync(connection, add, values(entry), cancellationToken).ConfigureAwait(false))!;
                    NpgsqlParameter[] place = [Text(kind), new NpgsqlParameter<int> { TypedValue = row }, Text(reference)];
                    await ScalarAsync(connection, Forget, place, cancellationToken).ConfigureAwait(false);
                    if (reference is not null || goal is not null)
                    {
                        NpgsqlParameter serves = new() { NpgsqlDbType = NpgsqlDbType.Integer, Value = goal.HasValue ? goal.Value : DBNull.Value };
                        await ScalarAsync(connection, Keep, [Text(kind), new NpgsqlParameter<int> { TypedValue = row }, Text(reference), serves], cancellationToken).ConfigureAwait(false);
                    }

                    bookings.Add(new Booking(row, IsNew: true));
                }

                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return bookings;
            }
        }
    }

    private async Task<bool> HasStrategiesAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(HasStrategies, [], row => row.GetBoolean(0), cancellationToken).ConfigureAwait(false))[0];

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, NpgsqlParameter[] values, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        NpgsqlConnection connection = await connections.Main.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            return await ReadAsync(connection, sql, values, read, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(
        NpgsqlConnection connection, string sql, NpgsqlParameter[] values, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Constants above.
        NpgsqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddRange(values);
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                List<T> rows = [];
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    rows.Add(read(reader));
                }

                return rows;
            }
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] values, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Constants above.
        NpgsqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddRange(values);
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
