using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

internal sealed class PostgresUnresolvedCallStore(PostgresConnections connections, IJarvisDatabase database) : IUnresolvedCallStore
{
    // The first line is the condition of the index.
    private const string Read =
        """
        SELECT call_id, generation_id, started_at, latency_ms FROM jarvis.call_details
        WHERE cost_source IN ('unknown', 'computed') AND generation_id IS NOT NULL
          AND (cost_source = 'unknown' OR $3) AND starts_with(generation_id, $1) AND started_at >= $2
        ORDER BY started_at DESC LIMIT $4
        """;

    public async Task<IReadOnlyList<UnresolvedCall>> ReadAsync(string idPrefix, DateTimeOffset since, bool withComputed, int limit, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        List<UnresolvedCall> calls = [];
        NpgsqlCommand command = connections.Main.CreateCommand(Read);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = idPrefix });
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = since.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = withComputed });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    DateTimeOffset startedAt = new(reader.GetDateTime(2), TimeSpan.Zero);
                    calls.Add(new UnresolvedCall(reader.GetGuid(0), reader.GetString(1), startedAt, startedAt.AddMilliseconds(reader.GetInt32(3))));
                }
            }
        }

        return calls;
    }
}
