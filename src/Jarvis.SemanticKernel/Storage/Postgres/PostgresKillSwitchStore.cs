using Jarvis.SemanticKernel.KillSwitch;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

internal sealed class PostgresKillSwitchStore(PostgresConnections connections, IJarvisDatabase database) : IKillSwitchStore
{
    // A row whose value is SQL NULL is a row all the same: it must not look like a missing one.
    private const string Read =
        """
        SELECT (SELECT coalesce(value::text, 'null') FROM agent_state WHERE key = $1),
               (SELECT action FROM kill_switch_audit ORDER BY id DESC LIMIT 1)
        """;

    private const string ReadHistory = "SELECT id, action, reason, triggered_by, created_at FROM kill_switch_audit ORDER BY id DESC LIMIT $1";

    private readonly PostgresKillSwitchWrite _write = new(connections, database);

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => database.EnsureReadyAsync(cancellationToken);

    public async Task<KillSwitchRow> ReadAsync(string key, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await connections.Guard.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            NpgsqlCommand command = new(Read, connection);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });

                // A round trip of its own on a new connection only.
                await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
                NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                    return new KillSwitchRow(
                        await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false) ? null : reader.GetString(0),
                        await reader.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false) ? null : reader.GetString(1));
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
                    entries.Add(new(
                        reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), new DateTimeOffset(reader.GetDateTime(4), TimeSpan.Zero)));
                }
            }
        }

        return entries;
    }
}
