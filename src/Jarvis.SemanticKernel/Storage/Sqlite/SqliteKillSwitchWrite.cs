using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>Sets the state and writes the audit row. Which of the two actions it is, its callers decide; only they are in the container.</summary>
internal sealed class SqliteKillSwitchWrite(SqliteConnections connections, IJarvisDatabase database)
{
    private const string Write =
        """
        INSERT INTO agent_state (key, value, updated_at) VALUES ($key, $value, $at)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at;
        INSERT INTO kill_switch_audit (action, reason, triggered_by, created_at) VALUES ($action, $reason, $triggered_by, $at);
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
