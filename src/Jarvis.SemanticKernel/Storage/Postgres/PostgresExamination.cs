using System.Diagnostics;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>Looks at the server and the database without changing them.</summary>
internal sealed class PostgresExamination(DatabaseTarget target, PostgresConnections connections, PostgresMigration migration)
{
    private const string CountTriggers =
        """
        SELECT count(*) FROM pg_trigger
        WHERE tgrelid = to_regclass($1) AND starts_with(tgname, $2) AND tgenabled IN ('O', 'A')
        """;

    private const string AskZone = "SELECT setting, source FROM pg_settings WHERE name = 'TimeZone'";

    // One for each of INSERT, UPDATE, DELETE, TRUNCATE.
    private const long PushTriggers = 4;

    private static readonly TimeSpan EchoWithin = TimeSpan.FromSeconds(5);
    private static readonly string[] NamesOfUtc = ["UTC", "Etc/UTC", "UCT", "Etc/UCT", "Universal", "Etc/Universal", "Zulu", "Etc/Zulu", "GMT", "Etc/GMT"];

    public async Task<IReadOnlyList<DatabaseFinding>> RunAsync(CancellationToken cancellationToken)
    {
        List<DatabaseFinding> findings = [await GreetAsync(cancellationToken).ConfigureAwait(false)];
        bool isCurrent = await migration.IsDoneAsync(cancellationToken).ConfigureAwait(false);
        findings.Add(isCurrent
            ? new("schema", DatabaseFindingOutcome.Ok, $"Current: migration {PostgresSchemaContext.NewestMigration}.")
            : new("schema", DatabaseFindingOutcome.Fault, $"Lacks migration {PostgresSchemaContext.NewestMigration}, which this version needs. Run 'jarvis db migrate'."));
        if (isCurrent)
        {
            findings.Add(await AuditAsync(cancellationToken).ConfigureAwait(false));
            findings.Add(await PushAsync(cancellationToken).ConfigureAwait(false));
            findings.Add(await PostgresRoleCheck.RunAsync(connections.Main, cancellationToken).ConfigureAwait(false));
        }

        findings.Add(await ZoneAsync(cancellationToken).ConfigureAwait(false));
        findings.Add(await ListenAsync(cancellationToken).ConfigureAwait(false));
        return findings;
    }

    private async Task<DatabaseFinding> GreetAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await connections.Main.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            return new("connection", DatabaseFindingOutcome.Ok, $"The server answers; PostgreSQL {connection.PostgreSqlVersion}.");
        }
    }

    private async Task<DatabaseFinding> AuditAsync(CancellationToken cancellationToken) =>
        await CountTriggersAsync("kill_switch_audit", "jarvis_append_only", cancellationToken).ConfigureAwait(false) > 0
            ? new("audit", DatabaseFindingOutcome.Ok, "kill_switch_audit refuses UPDATE, DELETE and TRUNCATE.")
            : new("audit", DatabaseFindingOutcome.Notice,
                "kill_switch_audit has no trigger jarvis_append_only, since the table was there before us or somebody removed the trigger: whoever may write it may rewrite its history.");

    private async Task<DatabaseFinding> PushAsync(CancellationToken cancellationToken) =>
        await CountTriggersAsync("agent_state", "jarvis_kill_switch_", cancellationToken).ConfigureAwait(false) >= PushTriggers
            ? new("push", DatabaseFindingOutcome.Ok, "Whoever changes the switch, all listening processes are told.")
            : new("push", DatabaseFindingOutcome.Fault,
                "agent_state lacks the triggers jarvis_kill_switch_…, so that others hear of a change only within KillSwitch.CacheDuration. Create them as docs/schema/postgres.sql does.");

    private async Task<DatabaseFinding> ZoneAsync(CancellationToken cancellationToken)
    {
        // As any other program gets it: our own connections ask for UTC.
        NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(target.ConnectionString) { Timezone = null, Pooling = false }.ConnectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            NpgsqlCommand command = new(AskZone, connection);
            await using (command.ConfigureAwait(false))
            {
                NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                    return Judge(reader.GetString(0), reader.GetString(1));
                }
            }
        }
    }

    private static DatabaseFinding Judge(string zone, string source)
    {
        string from = source switch
        {
            "user" => "the role",
            "database" => "the database",
            "database user" => "the role in this database",
            "client" => "the client's PGTZ or options",
            _ => "the server",
        };
        return NamesOfUtc.Contains(zone, StringComparer.OrdinalIgnoreCase)
            ? new("time zone", DatabaseFindingOutcome.Ok, $"{zone}, set by {from}.")
            : new("time zone", DatabaseFindingOutcome.Fault,
                $"{zone}, set by {from}. Our rows hold UTC all the same; those that other programs write with now() into columns without a zone do not. Set it to UTC.");
    }

    private async Task<DatabaseFinding> ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await EchoAsync(cancellationToken).ConfigureAwait(false) is { } took
                ? new("listener", DatabaseFindingOutcome.Ok, $"A NOTIFY from another connection arrived within {Math.Ceiling(took.TotalMilliseconds):0} ms.")
                : new("listener", DatabaseFindingOutcome.Fault,
                    $"A NOTIFY from another connection did not arrive within {EchoWithin.TotalSeconds:0} s. Behind a pooler, set KillSwitch.ListenConnection to the server itself.");
        }
        catch (NpgsqlException exception)
        {
            return new("listener", DatabaseFindingOutcome.Fault,
                $"LISTEN failed: {(exception as PostgresException)?.MessageText ?? exception.Message}. Check that KillSwitch.ListenConnection, or the database setting, leads to a server that takes writes.");
        }
    }

    private async Task<TimeSpan?> EchoAsync(CancellationToken cancellationToken)
    {
        string channel = $"jarvis_doctor_{Guid.NewGuid():N}";
        bool isHeard = false;
        NpgsqlConnection connection = connections.Listen.CreateConnection();
        await using (connection.ConfigureAwait(false))
        {
            connection.Notification += (_, message) => isHeard |= message.Channel == channel;
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
#pragma warning disable CA2100 // A GUID of our own: LISTEN takes no parameters.
            NpgsqlCommand listen = new($"LISTEN {channel}", connection);
#pragma warning restore CA2100
            await using (listen.ConfigureAwait(false))
            {
                await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            long askedAt = Stopwatch.GetTimestamp();
            NpgsqlCommand notify = connections.Main.CreateCommand("SELECT pg_notify($1, '')");
            await using (notify.ConfigureAwait(false))
            {
                notify.Parameters.Add(new NpgsqlParameter<string> { TypedValue = channel });
                await notify.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            while (!isHeard && EchoWithin - Stopwatch.GetElapsedTime(askedAt) is { Ticks: > 0 } left)
            {
                // The driver counts whole milliseconds, and waits for ever on none.
                await connection.WaitAsync(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), cancellationToken).ConfigureAwait(false);
            }

            return isHeard ? Stopwatch.GetElapsedTime(askedAt) : null;
        }
    }

    private async Task<long> CountTriggersAsync(string table, string prefix, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = connections.Main.CreateCommand(CountTriggers);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = prefix });
            return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }
}
