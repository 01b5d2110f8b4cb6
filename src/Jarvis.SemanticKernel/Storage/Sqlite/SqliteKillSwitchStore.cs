using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

internal sealed class SqliteKillSwitchStore(SqliteConnections connections, IJarvisDatabase database) : IKillSwitchStore
{
    // A row whose value is SQL NULL is a row all the same: it must not look like a missing one. Only where the row is missing the audit is asked: a lost row must not
    // release. Audit rows without an entry in the changes are about the global switch.
    private const string Read =
        """
        WITH known AS (
          SELECT key FROM agent_state WHERE key GLOB 'kill_switch*'
          UNION SELECT key FROM jarvis_kill_switch_activations
          UNION SELECT 'kill_switch'
        )
        SELECT (SELECT coalesce(max(version), 0) FROM jarvis_kill_switch_version), known.key, CASE WHEN s.key IS NOT NULL THEN coalesce(s.value, 'null') END, coalesce(a.version, 0),
               CASE WHEN s.key IS NOT NULL THEN NULL
                    WHEN known.key = 'kill_switch' THEN (
                      SELECT action FROM kill_switch_audit WHERE NOT EXISTS (SELECT 1 FROM jarvis_kill_switch_changes WHERE audit_id = kill_switch_audit.id)
                      ORDER BY id DESC LIMIT 1)
                    ELSE (
                      SELECT action FROM kill_switch_audit WHERE id = (SELECT max(audit_id) FROM jarvis_kill_switch_changes WHERE key = known.key))
               END
        FROM known
        LEFT JOIN agent_state s ON s.key = known.key
        LEFT JOIN jarvis_kill_switch_activations a ON a.key = known.key
        """;

    private const string ReadHistory =
        """
        SELECT a.id, a.action, a.reason, a.triggered_by, a.created_at, c.key
        FROM kill_switch_audit a LEFT JOIN jarvis_kill_switch_changes c ON c.audit_id = a.id ORDER BY a.id DESC LIMIT $limit
        """;

    private readonly SqliteKillSwitchWrite _write = new(connections, database);

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => database.EnsureReadyAsync(cancellationToken);

    public Task<KillSwitchRows> ReadAsync(CancellationToken cancellationToken) => connections.ReadAsync(
        connection =>
        {
            using SqliteCommand command = new(Read, connection);
            using SqliteDataReader reader = command.ExecuteReader();
            long version = 0;
            List<KillSwitchRow> rows = [];
            while (reader.Read())
            {
                version = reader.GetInt64(0);
                rows.Add(new(reader.GetString(1), Text(reader, 2), Text(reader, 4), reader.GetInt64(3)));
            }

            return new KillSwitchRows(version, rows);
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
                    entries.Add(new()
                    {
                        Id = reader.GetInt64(0),
                        Action = reader.GetString(1),
                        Reason = reader.GetString(2),
                        TriggeredBy = reader.GetString(3),
                        At = SqliteTime.Read(reader.GetString(4)),
                        Scope = Text(reader, 5) is { } key ? KillSwitchScope.FromKey(key) : KillSwitchScope.Global,
                    });
                }

                return entries;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
