using Npgsql;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>What a login that is a member of jarvis_agent gets done with SQL of its own: hostile code in an agent's process.</summary>
public sealed class PostgresAgentAttackTests(AttackedDatabases databases) : IClassFixture<AttackedDatabases>
{
    public static TheoryData<string> Releases =>
    [
        """UPDATE agent_state SET value = '{"active":false}' WHERE key = 'kill_switch'""",
        """UPDATE agent_state SET value = value || '{"active":false}'""",
        """UPDATE agent_state SET value = value - 'active'""",
        """UPDATE agent_state SET value = '{"active":"true"}'""",
        """UPDATE agent_state SET value = 'true'""",
        """UPDATE agent_state SET value = '[{"active":true}]'""",
        """UPDATE agent_state SET value = 'null'""",
        """INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true}') ON CONFLICT (key) DO UPDATE SET value = '{"active":false}'""",
        """INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":false}') ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value""",
        """INSERT INTO agent_state (key, value) VALUES ('kill_switch:tier:strong', '{"active":false}')""",
        """MERGE INTO agent_state s USING (VALUES ('kill_switch')) AS v (key) ON s.key = v.key WHEN MATCHED THEN UPDATE SET value = '{"active":false}'""",
        """WITH done AS (UPDATE agent_state SET value = '{"active":false}' RETURNING 1) SELECT count(*) FROM done""",
        """DO $$ BEGIN EXECUTE 'UPDATE agent_state SET value = ''{"active":false}'''; END $$""",
        "UPDATE agent_state SET key = 'kill_switch_no_more' WHERE key = 'kill_switch'",
        "UPDATE agent_state SET key = 'no_more' WHERE key = 'kill_switch'",
        "UPDATE agent_state SET id = 4711 WHERE key = 'kill_switch'",
        "DELETE FROM agent_state WHERE key = 'kill_switch'",
        "TRUNCATE agent_state",
        """SET ROLE jarvis_agent; UPDATE agent_state SET value = '{"active":false}'""",
        """SELECT release_as_owner()""",
        """UPDATE state_of_the_owner SET value = '{"active":false}'""",
        """CREATE TEMP TABLE pg_roles (oid oid, rolname name, rolsuper bool); SET search_path = pg_temp, public; UPDATE agent_state SET value = '{"active":false}'""",
        "INSERT INTO kill_switch_audit (action, reason, triggered_by) VALUES ('deactivate', 'r', 'cli')",
        "UPDATE kill_switch_audit SET action = 'deactivate'",
        "DELETE FROM kill_switch_audit",
        "TRUNCATE kill_switch_audit",
        "INSERT INTO jarvis.kill_switch_changes (audit_id, key) SELECT id, 'kill_switch:goal:1' FROM kill_switch_audit",
        "INSERT INTO jarvis.kill_switch_changes (audit_id, key) SELECT max(id) + 1, 'kill_switch:goal:1' FROM kill_switch_audit",
    ];

    public static TheoryData<string> PowersOfOthers =>
    [
        "INSERT INTO agent_state (id, key, value) VALUES (4711, 'kill_switch:goal:1', '{\"active\":true}')",
        "INSERT INTO kill_switch_audit (id, action, reason, triggered_by) VALUES (2147483647, 'activate', 'r', 'cli')",
        "UPDATE jarvis.kill_switch_version SET version = version + 1000",
        "DELETE FROM jarvis.migrations_history",
        "DELETE FROM jarvis.kill_switch_changes",
        "UPDATE jarvis.call_details SET cost_usd_exact = 0",
        "DELETE FROM ai_calls",
        "SET ROLE jarvis_operator",
        "SET ROLE owner_of_the_tables",
        "SET SESSION AUTHORIZATION owner_of_the_tables",
        "GRANT jarvis_operator TO CURRENT_USER",
        "SET session_replication_role = replica",
        "ALTER TABLE agent_state DISABLE TRIGGER ALL",
        "DROP TRIGGER jarvis_agent_may_only_activate ON agent_state",
        "CREATE TRIGGER zzz BEFORE UPDATE ON agent_state FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE away AS ON INSERT TO agent_state DO INSTEAD NOTHING",
        "ALTER TABLE agent_state RENAME TO agent_state_no_more",
        "DROP TABLE agent_state",
        "DROP SCHEMA jarvis CASCADE",
        "CREATE OR REPLACE FUNCTION jarvis.agent_may_only_activate() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "DROP FUNCTION jarvis.agent_may_only_activate() CASCADE",
        "ALTER FUNCTION jarvis.agent_may_only_activate() SET search_path = public",
        "CREATE TEMP TABLE mine (key text); CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION jarvis.kill_switch_changed()",
    ];

    [Theory]
    [MemberData(nameof(Releases))]
    [MemberData(nameof(PowersOfOthers))]
    public async Task Agent_WhateverItTries_DoesNotRelease(string statement) => await AssertRefusedAsync(databases.Strict, statement);

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task AgentWithEveryRightOnTheRows_IsHeldByTheTriggersAlone(string statement)
    {
        PostgresException exception = await AssertRefusedAsync(databases.Generous, statement);

        Assert.Matches($"^role ({databases.Generous.Agent}|jarvis_agent) may ", exception.MessageText);
    }

    private static async Task<PostgresException> AssertRefusedAsync(RolesDatabase roles, string statement)
    {
        string? before = await roles.TextAsync();

        PostgresException exception = await Assert.ThrowsAsync<PostgresException>(
            () => roles.ExecuteAsync(roles.Agent, statement.Replace("owner_of_the_tables", roles.Owner, StringComparison.Ordinal)));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, exception.SqlState);
        Assert.Equal(before, await roles.TextAsync());
        return exception;
    }
}
