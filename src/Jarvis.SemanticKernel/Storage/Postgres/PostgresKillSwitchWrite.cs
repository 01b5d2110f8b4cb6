using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>Sets the state and writes the audit row. Which of the two actions it is, its callers decide; only they are in the container.</summary>
internal sealed class PostgresKillSwitchWrite(PostgresConnections connections, IJarvisDatabase database)
{
    // The upsert takes the lock of the row, or waits for whoever is inserting it, and only then the audit row draws its id: audit order is state order.
    private const string WriteGlobal =
        """
        WITH state AS (
          INSERT INTO agent_state (key, value, updated_at) VALUES ($1, $2, $3)
          ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = EXCLUDED.updated_at
          RETURNING key
        )
        INSERT INTO kill_switch_audit (action, reason, triggered_by, created_at) SELECT $4, $5, $6, $3 FROM state
        """;

    // The audit has no column for the scope. Rows under keys of the same tier in other letters, which somebody wrote by hand, are set with it, so that a release is one.
    private const string WriteScoped =
        """
        WITH state AS (
          INSERT INTO agent_state (key, value, updated_at) VALUES ($1, $2, $3)
          ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = EXCLUDED.updated_at
          RETURNING key
        ), twins AS (
          UPDATE agent_state SET value = $2, updated_at = $3 WHERE key LIKE 'kill\_switch:tier:%' AND key <> $1 AND lower(key) = $1
        ), audit AS (
          INSERT INTO kill_switch_audit (action, reason, triggered_by, created_at) SELECT $4, $5, $6, $3 FROM state
          RETURNING id
        )
        INSERT INTO jarvis.kill_switch_changes (audit_id, key) SELECT id, $1 FROM audit ON CONFLICT DO NOTHING
        """;

    private const int Seconds = 10;

    public async Task RunAsync(string action, string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync().ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // Only a missing table may keep a stop waiting for a migration: one that merely lacks the newest columns of the ledger must not.
            await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
            await ExecuteAsync().ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // An agent's role may not release. That is no trouble of the database, and the words are its own.
            throw new JarvisDatabaseException($"{connections.Description} refused: {exception.MessageText}. {exception.Hint}".TrimEnd(), exception);
        }

        async Task ExecuteAsync()
        {
            NpgsqlCommand command = connections.Guard.CreateCommand(key == KillSwitchScope.Global.Key ? WriteGlobal : WriteScoped);
            await using (command.ConfigureAwait(false))
            {
                command.CommandTimeout = Seconds;
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = StorableText.FromJson(valueJson), NpgsqlDbType = NpgsqlDbType.Jsonb });
                command.Parameters.Add(new NpgsqlParameter<DateTime>
                {
                    TypedValue = DateTime.SpecifyKind(at.UtcDateTime, DateTimeKind.Unspecified),
                    NpgsqlDbType = NpgsqlDbType.Timestamp,
                });
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = action });
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = StorableText.From(reason) });
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = StorableText.From(triggeredBy) });
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
