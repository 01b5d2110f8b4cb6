using System.Globalization;
using Jarvis.SemanticKernel.Costs;
using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

internal sealed class PostgresCostStore(PostgresConnections connections, IJarvisDatabase database) : ICostStore
{
    // A call that the upstream refused with an HTTP error and without an id was never billed, nor was one that never left.
    private const string Sums =
        """
               count(*),
               count(*) FILTER (WHERE status <> 'ok'),
               count(*) FILTER (WHERE cost_source = 'unknown' AND (http_status < 400 OR generation_id IS NOT NULL OR (http_status IS NULL AND status <> 'error' AND error IS DISTINCT FROM 'failure=NeverSent'))),
               coalesce(sum(prompt_tokens), 0)::bigint,
               coalesce(sum(completion_tokens), 0)::bigint,
               coalesce(sum(coalesce(cost_usd_exact, cost_usd)), 0)::text
        FROM jarvis.calls WHERE at >= $1 AND at < $2 GROUP BY 1
        """;

    private const string ByTier = "SELECT tier,\n" + Sums;
    private const string ByModel = "SELECT model,\n" + Sums;
    private const string ByGoal = "SELECT goal_id::text,\n" + Sums;

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

    public async Task<IReadOnlyList<SpendLine>> ReadSpendAsync(DateTimeOffset from, DateTimeOffset to, SpendGrouping by, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        List<SpendLine> lines = [];
        NpgsqlCommand command = connections.Main.CreateCommand(by switch
        {
            SpendGrouping.Tier => ByTier,
            SpendGrouping.Model => ByModel,
            SpendGrouping.Goal => ByGoal,
            _ => throw new ArgumentOutOfRangeException(nameof(by), by, "No such grouping."),
        });
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = from.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = to.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    lines.Add(new SpendLine(
                        await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false) ? null : reader.GetString(0),
                        reader.GetInt64(1),
                        reader.GetInt64(2),
                        reader.GetInt64(3),
                        reader.GetInt64(4),
                        reader.GetInt64(5),

                        // As text: the driver refuses a numeric with more digits than a decimal has, Parse rounds the ones that do not fit.
                        decimal.Parse(reader.GetString(6), CultureInfo.InvariantCulture)));
                }
            }
        }

        return lines;
    }
}
