using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

internal sealed class SqliteProcessStore(SqliteConnections connections) : IProcessStore
{
    // As every instant in the file: text of one width.
    private const string Now = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'";
    private const string Ago = "strftime('%Y-%m-%d %H:%M:%f', 'now', $age) || '000'";

    private const string Beat =
        $"""
        INSERT INTO jarvis_processes (process_id, host, pid, program, started_at, last_seen_at, switch_version)
        VALUES ($id, $host, $pid, $program, {Now}, {Now}, $version)
        ON CONFLICT (process_id) DO UPDATE SET last_seen_at = excluded.last_seen_at, switch_version = excluded.switch_version
        """;

    private const string Remove = "DELETE FROM jarvis_processes WHERE process_id = $id";

    private const string RemoveSilent = $"DELETE FROM jarvis_processes WHERE last_seen_at < {Ago}";

    private const string Read =
        $"""
        SELECT (SELECT version FROM jarvis_kill_switch_version), {Now},
               process_id, host, pid, program, started_at, last_seen_at, last_seen_at > {Ago}, switch_version
        FROM (SELECT 1) LEFT JOIN jarvis_processes ON true
        ORDER BY started_at, process_id
        """;

    public Task BeatAsync(Guid id, string host, int pid, string program, long switchVersion, CancellationToken cancellationToken) => ExecuteAsync(
        Beat,
        parameters =>
        {
            parameters.AddWithValue("$id", id);
            parameters.AddWithValue("$host", StorableText.From(host));
            parameters.AddWithValue("$pid", pid);
            parameters.AddWithValue("$program", StorableText.From(program));
            parameters.AddWithValue("$version", switchVersion);
        },
        cancellationToken);

    public Task RemoveAsync(Guid id, CancellationToken cancellationToken) => ExecuteAsync(Remove, parameters => parameters.AddWithValue("$id", id), cancellationToken);

    public Task RemoveSilentAsync(TimeSpan age, CancellationToken cancellationToken) => ExecuteAsync(RemoveSilent, parameters => AddAge(parameters, age), cancellationToken);

    public Task<KillSwitchProcessReport> ReadAsync(TimeSpan liveWithin, CancellationToken cancellationToken) => connections.ReadAsync(
        connection =>
        {
            using SqliteCommand command = new(Read, connection);
            AddAge(command.Parameters, liveWithin);
            using SqliteDataReader reader = command.ExecuteReader();
            (long version, DateTimeOffset at, List<KillSwitchProcess> processes) = (0, default, []);
            while (reader.Read())
            {
                version = reader.IsDBNull(0) ? 0 : reader.GetInt64(0);
                at = SqliteTime.Read(reader.GetString(1));
                if (!reader.IsDBNull(2))
                {
                    processes.Add(new()
                    {
                        Id = reader.GetGuid(2),
                        Host = reader.GetString(3),
                        Pid = reader.GetInt32(4),
                        Program = reader.GetString(5),
                        StartedAt = SqliteTime.Read(reader.GetString(6)),
                        LastSeenAt = SqliteTime.Read(reader.GetString(7)),
                        IsLive = reader.GetBoolean(8),
                        SwitchVersion = reader.GetInt64(9),
                    });
                }
            }

            return new KillSwitchProcessReport { CurrentVersion = version, At = at, Processes = processes };
        },
        cancellationToken);

    private static void AddAge(SqliteParameterCollection parameters, TimeSpan age) =>
        parameters.AddWithValue("$age", FormattableString.Invariant($"-{age.TotalSeconds:0.###} seconds"));

    private Task ExecuteAsync(string statement, Action<SqliteParameterCollection> bind, CancellationToken cancellationToken) => connections.WriteAsync(
        (connection, transaction) =>
        {
#pragma warning disable CA2100 // The constants above.
            using SqliteCommand command = new(statement, connection, transaction);
#pragma warning restore CA2100
            bind(command.Parameters);
            command.ExecuteNonQuery();
        },
        cancellationToken);
}
