using System.Globalization;
using Jarvis.SemanticKernel.Costs;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

internal sealed class SqliteCostStore(SqliteConnections connections, IJarvisDatabase database) : ICostStore
{
    // A call that the upstream refused with an HTTP error and without an id was never billed, nor was one that never left.
    // Costs that whole units hold are summed by SQLite in two parts, because one sum of 64 bits ends at 9.2 million USD; the others are summed as texts.
    private const string Sums =
        """
               count(*),
               count(*) FILTER (WHERE status <> 'ok'),
               count(*) FILTER (WHERE cost_source = 'unknown' AND (http_status < 400 OR generation_id IS NOT NULL OR (http_status IS NULL AND status <> 'error' AND error IS NOT 'failure=NeverSent'))),
               coalesce(sum(prompt_tokens), 0),
               coalesce(sum(completion_tokens), 0),
               coalesce(sum(coalesce(cost_usd_exact, cost_usd * 10000) / 1000000) FILTER (WHERE cost_usd_text IS NULL), 0),
               coalesce(sum(coalesce(cost_usd_exact, cost_usd * 10000) % 1000000) FILTER (WHERE cost_usd_text IS NULL), 0),
               jarvis_sum(cost_usd_text) FILTER (WHERE cost_usd_text IS NOT NULL)
        FROM jarvis_calls WHERE at >= $from AND at < $to GROUP BY 1
        """;

    private const string ByTier = "SELECT tier,\n" + Sums;
    private const string ByModel = "SELECT model,\n" + Sums;
    private const string ByGoal = "SELECT CAST(goal_id AS TEXT),\n" + Sums;

    private const string Calls =
        """
        SELECT at, call_id, id, status, tier, model, provider, generation_id, http_status, error, prompt_tokens, completion_tokens,
               coalesce(cost_usd_exact, cost_usd * 10000), cost_source, latency_ms, streamed, attempt, goal_id, agent, function, run_id, cost_usd_text
        FROM jarvis_calls WHERE at >= $since AND ($status IS NULL OR status = $status) ORDER BY at DESC, call_id DESC, id DESC LIMIT $limit
        """;

    public async Task<IReadOnlyList<CallLine>> ReadCallsAsync(int limit, DateTimeOffset since, AiCallStatus? status, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        return await connections.ReadAsync(connection => ReadCalls(connection, limit, since, status), cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<SpendLine>> ReadSpendAsync(DateTimeOffset from, DateTimeOffset to, SpendGrouping by, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        return await connections.ReadAsync(connection => Read(connection, from, to, by), cancellationToken).ConfigureAwait(false);
    }

    private static List<CallLine> ReadCalls(SqliteConnection connection, int limit, DateTimeOffset since, AiCallStatus? status)
    {
        using SqliteCommand command = new(Calls, connection);
        command.Parameters.AddWithValue("$since", SqliteTime.From(since));
        command.Parameters.AddWithValue("$status", status is { } wanted ? StorableCall.NameOf(wanted) : DBNull.Value);
        command.Parameters.AddWithValue("$limit", limit);
        using SqliteDataReader reader = command.ExecuteReader();
        List<CallLine> calls = [];
        while (reader.Read())
        {
            calls.Add(CallRow.Read(
                reader,
                SqliteTime.Read(reader.GetString(0)),
                reader[1] is string id ? Guid.Parse(id) : null,
                reader[21] is string text ? decimal.Parse(text, CultureInfo.InvariantCulture) : reader[12] is long units ? SqliteMoney.ToExact(units) : null));
        }

        return calls;
    }

    private static List<SpendLine> Read(SqliteConnection connection, DateTimeOffset from, DateTimeOffset to, SpendGrouping by)
    {
        SqliteMoney.CreateSum(connection);
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Three constants above.
        command.CommandText = by switch
        {
            SpendGrouping.Tier => ByTier,
            SpendGrouping.Model => ByModel,
            SpendGrouping.Goal => ByGoal,
            _ => throw new ArgumentOutOfRangeException(nameof(by), by, "No such grouping."),
        };
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$from", SqliteTime.From(from));
        command.Parameters.AddWithValue("$to", SqliteTime.From(to));
        using SqliteDataReader reader = command.ExecuteReader();
        List<SpendLine> lines = [];
        while (reader.Read())
        {
            lines.Add(new SpendLine(
                reader.IsDBNull(0) ? null : reader.GetString(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.GetInt64(3),
                reader.GetInt64(4),
                reader.GetInt64(5),
                SqliteMoney.Sum(reader.GetInt64(6), reader.GetInt64(7), reader.IsDBNull(8) ? null : reader.GetString(8))));
        }

        return lines;
    }
}
