using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>Sets the state and writes the audit row. Which of the two actions it is, its callers decide; only they are in the container.</summary>
internal sealed class SqliteKillSwitchWrite(SqliteConnections connections, IJarvisDatabase database)
{
    // The audit has no column for the scope. Rows under keys of the same tier in other letters, which somebody wrote by hand, are set with it, so that a release is one.
    private const string Write =
        """
        INSERT INTO agent_state (key, value, updated_at) VALUES ($key, $value, $at)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at;
        UPDATE agent_state SET value = $value, updated_at = $at WHERE key GLOB 'kill_switch:tier:*' AND key <> $key AND lower(key) = $key;
        INSERT INTO kill_switch_audit (action, reason, triggered_by, created_at) VALUES ($action, $reason, $triggered_by, $at);
        INSERT OR IGNORE INTO jarvis_kill_switch_changes (audit_id, key) SELECT last_insert_rowid(), $key WHERE $key <> 'kill_switch';
        """;

    public async Task RunAsync(string action, string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        await connections.WriteAsync(
            (connection, transaction) =>
            {
                using SqliteCommand command = new(Write, connection, transaction);
                command.Parameters.AddWithValue("$key", key);
                command.Parameters.AddWithValue("$value", StorableText.FromJson(valueJson));
                command.Parameters.AddWithValue("$at", SqliteTime.From(at));
                command.Parameters.AddWithValue("$action", action);
                command.Parameters.AddWithValue("$reason", StorableText.From(reason));
                command.Parameters.AddWithValue("$triggered_by", StorableText.From(triggeredBy));
                command.ExecuteNonQuery();
            },
            cancellationToken).ConfigureAwait(false);
    }
}
