using Jarvis.SemanticKernel.KillSwitch;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>Not over the guard's connections: a beat must never stand before a check.</summary>
internal sealed class PostgresProcessStore(PostgresConnections connections) : IProcessStore
{
    private const string Beat =
        """
        INSERT INTO jarvis.processes (process_id, host, pid, program, started_at, last_seen_at, switch_version)
        VALUES ($1, $2, $3, $4, now(), now(), $5)
        ON CONFLICT (process_id) DO UPDATE SET last_seen_at = now(), switch_version = EXCLUDED.switch_version
        """;

    private const string Remove = "DELETE FROM jarvis.processes WHERE process_id = $1";

    // Whoever has locked a row may keep it: the next one to sweep takes it.
    private const string RemoveSilent =
        """
        DELETE FROM jarvis.processes WHERE process_id IN (
          SELECT process_id FROM jarvis.processes WHERE last_seen_at < now() - $1 FOR UPDATE SKIP LOCKED)
        """;

    private const string Read =
        """
        SELECT (SELECT version FROM jarvis.kill_switch_version), now(),
               process_id, host, pid, program, started_at, last_seen_at, last_seen_at > now() - $1, switch_version
        FROM (VALUES (1)) AS one (row) LEFT JOIN jarvis.processes ON true
        ORDER BY started_at, process_id
        """;

    private const int Seconds = 5;

    public Task BeatAsync(Guid id, string host, int pid, string program, long switchVersion, CancellationToken cancellationToken) => ExecuteAsync(
        Beat,
        [
            new NpgsqlParameter<Guid> { TypedValue = id },
            new NpgsqlParameter<string> { TypedValue = StorableText.From(host) },
            new NpgsqlParameter<int> { TypedValue = pid },
            new NpgsqlParameter<string> { TypedValue = StorableText.From(program) },
            new NpgsqlParameter<long> { TypedValue = switchVersion },
        ],
        cancellationToken);

    public Task RemoveAsync(Guid id, CancellationToken cancellationToken) =>
        ExecuteAsync(Remove, [new NpgsqlParameter<Guid> { TypedValue = id }], cancellationToken);

    public Task RemoveSilentAsync(TimeSpan age, CancellationToken cancellationToken) =>
        ExecuteAsync(RemoveSilent, [new NpgsqlParameter<TimeSpan> { TypedValue = age }], cancellationToken);

    public async Task<KillSwitchProcessReport> ReadAsync(TimeSpan liveWithin, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = connections.Main.CreateCommand(Read);
        await using (command.ConfigureAwait(false))
        {
            command.CommandTimeout = Seconds;
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = liveWithin });
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                (long version, DateTimeOffset at, List<KillSwitchProcess> processes) = (0, default, []);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    version = await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false) ? 0 : reader.GetInt64(0);
                    at = Instant(reader, 1);
                    if (!await reader.IsDBNullAsync(2, cancellationToken).ConfigureAwait(false))
                    {
                        processes.Add(new()
                        {
                            Id = reader.GetGuid(2),
                            Host = reader.GetString(3),
                            Pid = reader.GetInt32(4),
                            Program = reader.GetString(5),
                            StartedAt = Instant(reader, 6),
                            LastSeenAt = Instant(reader, 7),
                            IsLive = reader.GetBoolean(8),
                            SwitchVersion = reader.GetInt64(9),
                        });
                    }
                }

                return new KillSwitchProcessReport { CurrentVersion = version, At = at, Processes = processes };
            }
        }
    }

    private static DateTimeOffset Instant(NpgsqlDataReader reader, int column) => reader.GetFieldValue<DateTimeOffset>(column);

    private async Task ExecuteAsync(string statement, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The constants above.
        NpgsqlCommand command = connections.Main.CreateCommand(statement);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            command.CommandTimeout = Seconds;
            command.Parameters.AddRange(parameters);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
