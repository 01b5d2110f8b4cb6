using System.Globalization;
using Jarvis.SemanticKernel.Costs;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>Sums the rows themselves: a file of one machine holds few enough of them, and triggers of ours would slow down everybody who writes to it.</summary>
internal sealed class SqliteCostStore(SqliteConnections connections, IJarvisDatabase database) : ICostStore
{
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

    public async Task<SpendRows> ReadSpendAsync(SpendReading reading, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        return await connections.ReadAsync(connection => Read(connection, reading), cancellationToken).ConfigureAwait(false);
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

    private static SpendRows Read(SqliteConnection connection, SpendReading reading)
    {
        SqliteSpendCommand.CreateFunctions(connection, reading);

        // One view of the file for both questions.
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: true);
        SpendLineReader columns = new(reading);
        SqliteSpendCommand questions = new(reading);
        SqliteLatencies? latencies = null;
        if (reading.WithLatency)
        {
            using SqliteCommand all = questions.Latencies(connection, transaction);
            latencies = SqliteLatencies.Read(all, columns);
        }

        List<SpendLine> lines = [];
        using SqliteCommand command = questions.Sums(connection, transaction);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            int cost = columns.AfterFigures;
            SpendLine line = columns.Read(reader, SqliteMoney.Sum(reader.GetInt64(cost), reader.GetInt64(cost + 1), reader.IsDBNull(cost + 2) ? null : reader.GetString(cost + 2)));
            lines.Add(line with { Latency = latencies?.Of(line.Key) });
        }

        return new SpendRows(lines, latencies?.Total, IsFromRawRows: true);
    }
}
