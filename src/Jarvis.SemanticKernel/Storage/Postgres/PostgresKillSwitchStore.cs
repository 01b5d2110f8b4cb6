using Jarvis.SemanticKernel.KillSwitch;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

internal sealed class PostgresKillSwitchStore(PostgresConnections connections, IJarvisDatabase database) : IKillSwitchStore
{
    // A row whose value is SQL NULL is a row all the same: it must not look like a missing one. Only where the row is missing the audit is asked: a lost row must not
    // release. Audit rows without an entry in kill_switch_changes are about the global switch.
    private const string Read =
        """
        WITH known AS (
          SELECT key FROM agent_state WHERE key LIKE 'kill\_switch%'
          UNION SELECT key FROM jarvis.kill_switch_activations
          UNION SELECT 'kill_switch'
        )
        SELECT v.version, known.key, CASE WHEN s.key IS NOT NULL THEN coalesce(s.value::text, 'null') END, coalesce(a.version, 0),
               CASE WHEN s.key IS NOT NULL THEN NULL
                    WHEN known.key = 'kill_switch' THEN (
                      SELECT action FROM kill_switch_audit WHERE NOT EXISTS (SELECT FROM jarvis.kill_switch_changes WHERE audit_id = kill_switch_audit.id)
                      ORDER BY id DESC LIMIT 1)
                    ELSE (
                      SELECT action FROM kill_switch_audit WHERE id = (SELECT max(audit_id) FROM jarvis.kill_switch_changes WHERE key = known.key))
               END
        FROM known
        LEFT JOIN agent_state s ON s.key = known.key
        LEFT JOIN jarvis.kill_switch_activations a ON a.key = known.key
        CROSS JOIN (SELECT coalesce(max(version), 0) AS version FROM jarvis.kill_switch_version) v
        """;

    private const string ReadHistory =
        """
        SELECT a.id, a.action, a.reason, a.triggered_by, a.created_at, c.key
        FROM kill_switch_audit a LEFT JOIN jarvis.kill_switch_changes c ON c.audit_id = a.id ORDER BY a.id DESC LIMIT $1
        """;

    private readonly PostgresKillSwitchWrite _write = new(connections, database);

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => database.EnsureReadyAsync(cancellationToken);

    public async Task<KillSwitchRows> ReadAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await connections.Guard.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            NpgsqlCommand command = new(Read, connection);
            await using (command.ConfigureAwait(false))
            {
                // A round trip of its own on a new connection only.
                await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
                NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    long version = 0;
                    List<KillSwitchRow> rows = [];
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        version = reader.GetInt64(0);
                        rows.Add(new(reader.GetString(1), Text(reader, 2), Text(reader, 4), reader.GetInt64(3)));
                    }

                    return new KillSwitchRows(version, rows);
                }
            }
        }
    }

    public Task ActivateAsync(string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken) =>
        _write.RunAsync("activate", key, valueJson, reason, triggeredBy, at, cancellationToken);

    public async Task<IReadOnlyList<KillSwitchAuditEntry>> ReadHistoryAsync(int limit, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        List<KillSwitchAuditEntry> entries = [];
        NpgsqlCommand command = connections.Main.CreateCommand(ReadHistory);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    entries.Add(new()
                    {
                        Id = reader.GetInt32(0),
                        Action = reader.GetString(1),
                        Reason = reader.GetString(2),
                        TriggeredBy = reader.GetString(3),
                        At = new DateTimeOffset(reader.GetDateTime(4), TimeSpan.Zero),
                        Scope = Text(reader, 5) is { } key ? KillSwitchScope.FromKey(key) : KillSwitchScope.Global,
                    });
                }
            }
        }

        return entries;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
