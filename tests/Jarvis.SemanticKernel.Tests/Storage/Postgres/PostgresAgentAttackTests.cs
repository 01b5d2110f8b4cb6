using Npgsql;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>What a login that is a member of jarvis_agent gets done with SQL of its own: hostile code in an agent's process.</summary>
public sealed class PostgresAgentAttackTests(AttackedDatabases databases) : IClassFixture<AttackedDatabases>
{
    private static readonly string[] Money =
        ["ai_calls", "jarvis.call_details", "jarvis.corrections", "jarvis.spend", "operating_costs", "revenue", "jarvis.bookings", "jarvis.strategy_goals", "jarvis.balances"];

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
        "UPDATE jarvis.kill_switch_activations SET version = 0",
        "DELETE FROM jarvis.kill_switch_activations",
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

    public static TheoryData<string> Rewritings =>
    [
        "UPDATE jarvis.call_details SET cost_usd_exact = 0",
        "UPDATE jarvis.call_details SET cost_usd_exact = 0 WHERE cost_source = 'unknown'",
        "UPDATE jarvis.call_details SET cost_source = 'unknown', cost_usd_exact = NULL, ai_call_id = NULL WHERE cost_source = 'reported'",
        "UPDATE jarvis.call_details SET ai_call_id = NULL WHERE ai_call_id IS NOT NULL",
        "UPDATE jarvis.call_details SET provider = 'another'",
        "UPDATE jarvis.call_details SET cost_source = 'reconciled', cost_usd_exact = 0 WHERE generation_id = 'gen-1' AND cost_source = 'unknown'",
        "UPDATE jarvis.call_details SET cost_source = 'reconciled', cost_usd_exact = 5 WHERE generation_id = 'gen-2'",
        Settle("reconciled", "0", "cost_source = 'reported'"),
        Settle("reconciled", "0", "cost_source = 'computed'"),
        Settle("computed", "-1", "generation_id = 'gen-1' AND cost_source = 'unknown'"),
        Settle("computed", "NULL", "generation_id = 'gen-1' AND cost_source = 'unknown'"),
        Settle("reported", "1", "generation_id = 'gen-1' AND cost_source = 'unknown'"),
        "UPDATE jarvis.call_details SET started_at = now()",
        "UPDATE jarvis.call_details SET goal_id = 7",
        "UPDATE jarvis.call_details SET billed_as = NULL",
        "DELETE FROM jarvis.call_details",
        "TRUNCATE jarvis.call_details",
        "UPDATE ai_calls SET cost_usd = 0",
        "DELETE FROM ai_calls",
        "TRUNCATE ai_calls",
        "UPDATE jarvis.corrections SET cost_usd_after = 0",
        "DELETE FROM jarvis.corrections",
        "INSERT INTO jarvis.spend_deltas SELECT * FROM jarvis.spend_deltas",
        "UPDATE jarvis.spend_rollup SET cost_usd = 0",
        "DELETE FROM jarvis.spend_rollup_days",
        "UPDATE jarvis.spend_rollup_totals SET cost_usd = 0",
        "DELETE FROM jarvis.spend_pending",
        "DELETE FROM jarvis.other_calls",
        "SELECT jarvis.rebuild_spend()",
    ];

    public static TheoryData<string> Books =>
    [
        "INSERT INTO operating_costs (category, amount_usd, period_start, period_end) VALUES ('vm', -1, '2026-07-01', '2026-08-01')",
        "UPDATE operating_costs SET amount_usd = 0",
        "DELETE FROM operating_costs",
        "INSERT INTO revenue (strategy_id, amount_usd) VALUES ('shop', 1000)",
        "UPDATE revenue SET amount_usd = 1000",
        "DELETE FROM revenue",
        "INSERT INTO jarvis.bookings (kind, row_id, goal_id) VALUES ('cost', 2, 7)",
        "UPDATE jarvis.bookings SET goal_id = 7",
        "DELETE FROM jarvis.bookings",
        "INSERT INTO jarvis.strategy_goals (strategy_id, goal_id) VALUES ('shop', 7) ON CONFLICT (strategy_id) DO UPDATE SET goal_id = 7",
        "DELETE FROM jarvis.strategy_goals",
        "UPDATE jarvis.balances SET remaining_usd = 1000",
        "DELETE FROM jarvis.balances",
    ];

    /// <summary>What the functions of the triggers call, in a schema that a search path may put first.</summary>
    private static string OwnNames
    {
        get
        {
            string[] types = ["text", "int", "bigint", "numeric", "boolean"];
            string[] operators = ["=", "<>", "||", "<", ">"];
            return string.Concat(
                types.SelectMany(type => operators.Select((name, at) =>
                    $"""
                    CREATE FUNCTION evil.op{at}(a {type}, b {type}) RETURNS {(name == "||" ? "text" : "boolean")} LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'called'; END $$;
                    CREATE OPERATOR evil.{name} (LEFTARG = {type}, RIGHTARG = {type}, FUNCTION = evil.op{at});

                    """)).Concat(
                    ((string[])["set_config(text, text, boolean)", "current_setting(text, boolean)", "current_setting(text)", "pg_trigger_depth()", "date_trunc(text, timestamptz, text)", "pg_current_xact_id()"]).Select(function =>
                    $"CREATE FUNCTION evil.{function} RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'called'; END $$;\n"))
                .Append("CREATE AGGREGATE evil.count(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '1000');\n")
                .Append("CREATE AGGREGATE evil.sum(numeric) (SFUNC = numeric_add, STYPE = numeric, INITCOND = '1000');\n")
                .Append("CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false)"));
        }
    }

    [Theory]
    [MemberData(nameof(Releases))]
    [MemberData(nameof(PowersOfOthers))]
    public async Task Agent_WhateverItTries_DoesNotRelease(string statement) => await AssertRefusedAsync(databases.Strict, statement);

    [Theory]
    [MemberData(nameof(Rewritings))]
    [MemberData(nameof(Books))]
    public async Task Agent_WhateverItTries_ChangesNoMoney(string statement)
    {
        string? before = await MoneyAsync(databases.Strict);

        await AssertRefusedAsync(databases.Strict, statement);

        Assert.Equal(before, await MoneyAsync(databases.Strict));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task AgentWithEveryRightOnTheRows_IsHeldByTheTriggersAlone(string statement)
    {
        PostgresException exception = await AssertRefusedAsync(databases.Generous, statement);

        Assert.Matches($"^role ({databases.Generous.Agent}|jarvis_agent) may ", exception.MessageText);
    }

    [Fact]
    public async Task AgentWithEveryRightOnTheRows_SettlesTheCostAndNothingElse()
    {
        PostgresException exception = await AssertRefusedAsync(databases.Generous, Settle("reconciled", "1, goal_id = 7", "generation_id = 'gen-1' AND cost_source = 'unknown'"));

        Assert.Contains("may settle calls of unknown cost, nothing else", exception.MessageText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("few")]
    [InlineData("many")]
    public async Task AgentWithNamesOfItsOwn_HasNoneOfThemCalledByTheTriggers(string pairs)
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(databases.Server);
        await roles.Outside.ExecuteAsync($"CREATE SCHEMA evil AUTHORIZATION {roles.Agent}");
        await roles.ExecuteAsync(roles.Agent, OwnNames);
        string append =
            $"""
            SELECT pg_catalog.set_config('jarvis.ledger', '{pairs}', false);
            INSERT INTO jarvis.call_details (call_id, requested_model, tier, status, cost_usd_exact, cost_source, latency_ms, streamed, attempt, started_at)
            VALUES (pg_catalog.gen_random_uuid(), 'm', 'mid', 'cut', 0.25, 'reported', 5, false, 1, '2026-07-01 12:00Z');
            INSERT INTO public.ai_calls (model, tier, prompt_tokens, completion_tokens, cost_usd) VALUES ('m', 'mid', 1, 1, 0.5)
            """;

        await roles.ExecuteAsync(
            roles.Agent,
            $"""
            CREATE TEMP TABLE added AS TABLE jarvis.call_details; SET search_path = evil, pg_temp, pg_catalog;
            {append}; {append};
            CREATE TEMP TABLE kept (setting pg_catalog.text CHECK (setting OPERATOR(pg_catalog.=) 'evil, pg_temp, pg_catalog and on'));
            INSERT INTO kept VALUES (pg_catalog.concat(pg_catalog.current_setting('search_path'), ' and ', pg_catalog.current_setting('enable_seqscan')))
            """);

        Assert.Equal(pairs.Length > 0 ? "2|2|0.50" : "4|2|1.50", await roles.Outside.TextAsync("SELECT concat_ws('|', sum(calls), sum(failed), sum(cost_usd)::numeric(9, 2)) FROM jarvis.spend"));
        PostgresException called = await Assert.ThrowsAsync<PostgresException>(() => roles.ExecuteAsync(roles.Agent, "SET search_path = evil, pg_catalog; SELECT tier <> 'x' FROM jarvis.call_details"));
        Assert.Equal("called", called.MessageText);
    }

    private static string Settle(string source, string cost, string where) =>
        $"""
        WITH kept AS (
          INSERT INTO jarvis.corrections (call_id, cost_source_after, corrected_at, asked_by, cost_source_before, cost_usd_after)
          SELECT call_id, '{source}', now(), 'worker', cost_source, 0 FROM jarvis.call_details WHERE {where})
        UPDATE jarvis.call_details SET cost_source = '{source}', cost_usd_exact = {cost} WHERE {where}
        """;

    private static Task<string?> MoneyAsync(RolesDatabase roles) => roles.Outside.TextAsync(
        $"SELECT {string.Join(" || ", Money.Select(table => $"(SELECT coalesce(string_agg(t::text, E'\n' ORDER BY t::text), '') FROM {table} t)"))}");

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
