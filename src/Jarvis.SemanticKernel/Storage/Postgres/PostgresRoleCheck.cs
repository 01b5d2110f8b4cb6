using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>Whether the role that is logged in could release the switch, with this package or without it, and whether it may do what it is for.</summary>
internal static class PostgresRoleCheck
{
    private const string Subject = "role";

    // Whoever owns what the trigger hangs on can take it off. Before version 16, a role that may create roles can make itself a member of any.
    private const string Ask =
        $"""
        SELECT r.rolname::text,
               r.rolsuper,
               pg_has_role(state.relowner, 'MEMBER') OR pg_has_role(audit.relowner, 'MEMBER')
                 OR (SELECT bool_or(pg_has_role(owner, 'MEMBER')) FROM (
                      SELECT nspowner FROM pg_namespace WHERE nspname = 'jarvis'
                      UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = 'jarvis'::regnamespace) AS ours (owner)),
               r.rolcreaterole AND current_setting('server_version_num')::int < 160000,
               coalesce(pg_has_role(to_regrole('{PostgresRoles.Agent}'), 'MEMBER'), false),
               coalesce(pg_has_role(to_regrole('{PostgresRoles.Operator}'), 'MEMBER'), false),
               EXISTS (SELECT FROM pg_trigger WHERE tgrelid = state.oid AND tgname = '{PostgresRoles.StateTrigger}' AND tgenabled = 'A'),
               has_column_privilege(state.oid, 'value', 'UPDATE') OR has_table_privilege(state.oid, 'DELETE'),
               (SELECT coalesce(string_agg(lacked, ', ' ORDER BY lacked), '') FROM (
                  SELECT 'SELECT on jarvis.' || relname FROM pg_class
                  WHERE relnamespace = 'jarvis'::regnamespace AND relkind IN ('r', 'v') AND NOT has_table_privilege(oid, 'SELECT')
                  UNION ALL SELECT 'INSERT on ' || written FROM unnest(ARRAY['ai_calls', 'jarvis.call_details', 'jarvis.corrections', 'jarvis.balances']) AS t (written)
                  WHERE NOT has_table_privilege(written, 'INSERT')
                  UNION ALL SELECT 'UPDATE on jarvis.call_details' WHERE NOT has_column_privilege('jarvis.call_details', 'cost_usd_exact', 'UPDATE')
                  UNION ALL SELECT 'SELECT on strategies' FROM pg_attribute
                  WHERE attrelid = to_regclass('strategies') AND attname = 'goal_id' AND NOT has_column_privilege(attrelid, attnum, 'SELECT')) AS rights (lacked))
        FROM pg_roles r, pg_class state, pg_class audit
        WHERE r.rolname = session_user AND state.oid = to_regclass('agent_state') AND audit.oid = to_regclass('kill_switch_audit')
        """;

    public static async Task<DatabaseFinding> RunAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = source.CreateCommand(Ask);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return Judge(
                    reader.GetString(0),
                    reader.GetBoolean(1) ? "is a superuser" : reader.GetBoolean(2) ? "owns the tables" : reader.GetBoolean(3) ? "may make itself a member of other roles" : null,
                    isAgent: reader.GetBoolean(4) && !reader.GetBoolean(5),
                    isOperator: reader.GetBoolean(5),
                    isHeld: reader.GetBoolean(6),
                    mayWrite: reader.GetBoolean(7),
                    lacked: reader.GetString(8));
            }
        }
    }

    private static DatabaseFinding Judge(string role, string? power, bool isAgent, bool isOperator, bool isHeld, bool mayWrite, string lacked) =>
        (power, isAgent, isOperator) switch
        {
            (null, true, _) when mayWrite && !isHeld => new(Subject, DatabaseFindingOutcome.Fault,
                $"{role} is a member of {PostgresRoles.Agent} and could release the kill switch all the same: the trigger {PostgresRoles.StateTrigger} is missing or off. Apply 'jarvis db script --roles' again."),
            (null, true, _) or (null, _, true) when lacked.Length > 0 => new(Subject, DatabaseFindingOutcome.Fault,
                $"{role} is a member of {(isAgent ? PostgresRoles.Agent : PostgresRoles.Operator)} and lacks rights that it needs: {lacked}. Apply 'jarvis db script --roles' again."),
            (null, true, _) when isHeld => new(Subject, DatabaseFindingOutcome.Ok, $"{role} may activate the kill switch and not release it."),
            (null, _, true) => new(Subject, DatabaseFindingOutcome.Ok, $"{role} may activate and release the kill switch, as a member of {PostgresRoles.Operator}."),
            (null, _, _) when !mayWrite => new(Subject, DatabaseFindingOutcome.Notice, $"{role} may read the kill switch, and neither activate nor release it."),
            (null, _, _) => new(Subject, DatabaseFindingOutcome.Notice,
                $"{role} could release the kill switch, and so could every agent that logs in as it. 'jarvis db script --roles' makes a role for agents that cannot."),
            _ => new(Subject, DatabaseFindingOutcome.Notice,
                $"{role} {power}, so it could release the kill switch whatever other roles it is a member of. 'jarvis db script --roles' makes a role for agents that cannot."),
        };
}
