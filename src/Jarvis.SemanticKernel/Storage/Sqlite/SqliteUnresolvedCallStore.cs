using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

internal sealed class SqliteUnresolvedCallStore(SqliteConnections connections, IJarvisDatabase database) : IUnresolvedCallStore
{
    // The first line is the condition of the index, to the letter: else SQLite does not find that the index serves.
    private const string Read =
        """
        SELECT call_id, generation_id, started_at, latency_ms FROM jarvis_call_details
        WHERE cost_source IN ('unknown', 'computed') AND generation_id IS NOT NULL
          AND (cost_source = 'unknown' OR $with_computed) AND substr(generation_id, 1, length($prefix)) = $prefix AND started_at >= $since
        ORDER BY started_at DESC LIMIT $limit
        """;

    public async Task<IReadOnlyList<UnresolvedCall>> ReadAsync(string idPrefix, DateTimeOffset since, bool withComputed, int limit, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        return await connections.ReadAsync(
            connection =>
            {
                using SqliteCommand command = new(Read, connection);
                command.Parameters.AddWithValue("$prefix", idPrefix);
                command.Parameters.AddWithValue("$since", SqliteTime.From(since));
                command.Parameters.AddWithValue("$with_computed", withComputed);
                command.Parameters.AddWithValue("$limit", limit);
                using SqliteDataReader reader = command.ExecuteReader();
                List<UnresolvedCall> calls = [];
                while (reader.Read())
                {
                    DateTimeOffset startedAt = SqliteTime.Read(reader.GetString(2));
                    calls.Add(new UnresolvedCall(Guid.Parse(reader.GetString(0)), reader.GetString(1), startedAt, startedAt.AddMilliseconds(reader.GetInt32(3))));
                }

                return calls;
            },
            cancellationToken).ConfigureAwait(false);
    }
}
