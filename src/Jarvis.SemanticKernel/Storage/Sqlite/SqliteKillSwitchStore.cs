using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

internal sealed class SqliteKillSwitchStore(SqliteConnections connections, IJarvisDatabase database) : IKillSwitchStore
{
    // A row whose value is SQL NULL is a row all the same: it must not look like a missing one.
    private const string Read =
        """
        SELECT (SELECT coalesce(value, 'null') FROM agent_state WHERE key = $key),
               (SELECT action FROM kill_switch_audit ORDER BY id DESC LIMIT 1)
        """;

    private const string ReadHistory = "SELECT id, action, reason, triggered_by, created_at FROM kill_switch_audit ORDER BY id DESC LIMIT $limit";

    private readonly SqliteKillSwitchWrite _write = new(connections, database);

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => database.EnsureReadyAsync(cancellationToken);

    public Task<KillSwitchRow> ReadAsync(string key, CancellationToken cancellationToken) => connections.ReadAsync(
        connection =>
        {
            using SqliteCommand command = new(Read, connection);
            command.Parameters.AddWithValue("$key", key);
            using SqliteDataReader reader = command.ExecuteReader();
            reader.Read();
            return new KillSwitchRow(reader.IsDBNull(0) ? null : reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1));
        },
        cancellationToken);

    public Task ActivateAsync(string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken) =>
        _write.RunAsync("activate", key, valueJson, reason, triggeredBy, at, cancellationToken);

    public async Task<IReadOnlyList<KillSwitchAuditEntry>> ReadHistoryAsync(int limit, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        return await connections.ReadAsync(
            connection =>
            {
                using SqliteCommand command = new(ReadHistory, connection);
                command.Parameters.AddWithValue("$limit", limit);
                using SqliteDataReader reader = command.ExecuteReader();
                List<KillSwitchAuditEntry> entries = [];
                while (reader.Read())
                {
                    entries.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), SqliteTime.Read(reader.GetString(4))));
                }

                return entries;
            },
            cancellationToken).ConfigureAwait(false);
    }
}
