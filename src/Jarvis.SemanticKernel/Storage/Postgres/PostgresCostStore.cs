using System.Data.Common;
using System.Globalization;
using Jarvis.SemanticKernel.Costs;
using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

internal sealed class PostgresCostStore(PostgresConnections connections, IJarvisDatabase database) : ICostStore
{
    private const string Calls =
        """
        SELECT at, call_id, id, status, tier, model, provider, generation_id, http_status, error, prompt_tokens, completion_tokens,
               coalesce(cost_usd_exact, cost_usd)::text, cost_source, latency_ms, streamed, attempt, goal_id, agent, function, run_id
        FROM jarvis.calls WHERE at >= $1 AND ($2::text IS NULL OR status = $2) ORDER BY at DESC, call_id DESC, id DESC LIMIT $3
        """;

    public async Task<IReadOnlyList<CallLine>> ReadCallsAsync(int limit, DateTimeOffset since, AiCallStatus? status, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        List<CallLine> calls = [];
        NpgsqlCommand command = connections.Main.CreateCommand(Calls);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = since.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new NpgsqlParameter { Value = status is { } wanted ? StorableCall.NameOf(wanted) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    calls.Add(CallRow.Read(
                        reader,
                        new DateTimeOffset(reader.GetDateTime(0), TimeSpan.Zero),
                        reader[1] as Guid?,
                        reader[12] is string cost ? decimal.Parse(cost, CultureInfo.InvariantCulture) : null));
                }
            }
        }

        return calls;
    }

    public async Task<SpendRows> ReadSpendAsync(SpendReading reading, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        SpendLineReader columns = new(reading);
        List<SpendLine> lines = [];
        SpendLatency? latency = null;
        PostgresSpendCommand question = new(reading);
        NpgsqlCommand command = question.Create(connections.Main);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    SpendLatency? took = reading.WithLatency ? ReadLatency(reader, columns.AfterFigures + 1) : null;
                    bool isTotal = reading.WithLatency && reader.GetBoolean(columns.AfterFigures + 3);
                    latency = isTotal ? took : latency;
                    if (!isTotal || reading.GroupBy.Count == 0)
                    {
                        // As text: the driver refuses a numeric with more digits than a decimal has, Parse rounds the ones that do not fit.
                        decimal costUsd = decimal.Parse(reader.GetString(columns.AfterFigures), CultureInfo.InvariantCulture);
                        lines.Add(columns.Read(reader, costUsd, took));
                    }
                }
            }
        }

        connections.Compaction.AfterRead();
        return new SpendRows(lines, latency, question.IsFromRawRows);
    }

    private static SpendLatency? ReadLatency(DbDataReader row, int column)
    {
        if (row.IsDBNull(column))
        {
            return null;
        }

        int[] milliseconds = row.GetFieldValue<int[]>(column);
        return new SpendLatency
        {
            Calls = row.GetInt64(column + 1),
            P50 = TimeSpan.FromMilliseconds(milliseconds[0]),
            P95 = TimeSpan.FromMilliseconds(milliseconds[1]),
            P99 = TimeSpan.FromMilliseconds(milliseconds[2]),
        };
    }
}
