using Jarvis.SemanticKernel.Storage.Postgres;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Npgsql;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>What the two roles may, and what stays as it was for others.</summary>
public sealed class PostgresRolesTests(PostgresServer server)
{
    private const string Refused = PostgresErrorCodes.InsufficientPrivilege;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Agent_Activates()
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await roles.Outside.ExecuteAsync("""INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":false}')""");
        string[] statements =
        [
            """UPDATE agent_state SET value = '{"active":true,"reason":"worse"}', updated_at = now() WHERE key = 'kill_switch'""",
            """INSERT INTO agent_state (key, value) VALUES ('kill_switch:goal:7', '{"active":true}')""",
            """INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true}') ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value""",
            "INSERT INTO kill_switch_audit (action, reason, triggered_by) VALUES ('activate', 'r', 'agent')",
            """
            WITH audit AS (INSERT INTO kill_switch_audit (action, reason, triggered_by) VALUES ('activate', 'r', 'agent') RETURNING id)
            INSERT INTO jarvis.kill_switch_changes (audit_id, key) SELECT id, 'kill_switch:goal:7' FROM audit
            """,
            "INSERT INTO agent_state (key, value) VALUES ('mood', '1'); UPDATE agent_state SET value = '2' WHERE key = 'mood'",
        ];
        foreach (string statement in statements)
        {
            await roles.ExecuteAsync(roles.Agent, statement);
        }

        Assert.Equal("2", await roles.Outside.TextAsync("SELECT count(*) FROM agent_state WHERE value->'active' = 'true'"));
    }

    [Fact]
    public async Task Agent_ActivatesOnceMore_KeepsWhatIsToBeCut()
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await roles.Outside.ExecuteAsync("""INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true,"inFlight":"cancel"}')""");
        await roles.ExecuteAsync(roles.Agent, """UPDATE agent_state SET value = '{"active":true,"reason":"me too"}'""");

        Assert.Equal("me too cancel", await roles.Outside.TextAsync("SELECT (value->>'reason') || ' ' || (value->>'inFlight') FROM agent_state"));
    }

    [Fact]
    public async Task OwnerThatActsAsAnAgent_IsAnAgent()
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await roles.Outside.ExecuteAsync("""INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true}')""");

        PostgresException exception = await Assert.ThrowsAsync<PostgresException>(
            () => roles.Outside.ExecuteAsync("""SET ROLE jarvis_agent; UPDATE agent_state SET value = '{"active":false}'"""));

        Assert.Contains("role jarvis_agent may activate", exception.MessageText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OthersThanAgents_ReleaseAsBefore(bool isForeignProgram)
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await roles.Outside.ExecuteAsync("""INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true}')""");
        if (isForeignProgram)
        {
            // One that knows nothing of our schema and has no rights in it.
            await roles.Outside.ExecuteAsync($"REVOKE jarvis_operator FROM {roles.Operator}; GRANT SELECT, INSERT, UPDATE, DELETE ON agent_state TO {roles.Operator}");
        }

        await roles.ExecuteAsync(roles.Operator, """UPDATE agent_state SET value = '{"active":false}' WHERE key = 'kill_switch'""");

        Assert.Equal("false", await roles.Outside.TextAsync("SELECT value->>'active' FROM agent_state"));
    }

    [Fact]
    public async Task MemberOfBothRoles_IsAnOperator()
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await roles.Outside.ExecuteAsync($$"""INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true}'); GRANT jarvis_operator TO {{roles.Agent}}""");

        await roles.ExecuteAsync(roles.Agent, """UPDATE agent_state SET value = '{"active":false}' WHERE key = 'kill_switch'""");
    }

    [Fact]
    public async Task Operator_ChangesNoAuditRow()
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await roles.Outside.ExecuteAsync("INSERT INTO kill_switch_audit (action, reason, triggered_by) VALUES ('activate', 'operator', 'cli')");

        foreach (string statement in (string[])["UPDATE kill_switch_audit SET reason = 'none'", "DELETE FROM kill_switch_audit", "TRUNCATE kill_switch_audit"])
        {
            PostgresException exception = await Assert.ThrowsAsync<PostgresException>(() => roles.ExecuteAsync(roles.Operator, statement));
            Assert.Equal(Refused, exception.SqlState);
        }
    }

    [Fact]
    public async Task Script_AppliedTwice_ChangesNothingMore()
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        string once = await roles.Outside.DumpAsync();
        await roles.Outside.PsqlAsync(PostgresRoles.Script);

        Assert.Equal(once, await roles.Outside.DumpAsync());
        Assert.Contains("jarvis_agent_may_only_activate", once, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_TablesWithSerialIds_GrantsTheirSequences()
    {
        PostgresDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE agent_state (id serial PRIMARY KEY, key varchar(256) NOT NULL UNIQUE, value jsonb NOT NULL, updated_at timestamp NOT NULL DEFAULT now())");
        await database.ExecuteAsync(
            "CREATE TABLE kill_switch_audit (id serial PRIMARY KEY, action text NOT NULL, reason text NOT NULL, triggered_by text NOT NULL, created_at timestamp NOT NULL DEFAULT now())");
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(database);

        await roles.ExecuteAsync(roles.Agent, """INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true}')""");
        await roles.ExecuteAsync(roles.Agent, "INSERT INTO kill_switch_audit (action, reason, triggered_by) VALUES ('activate', 'r', 'agent')");

        foreach (string statement in (string[])["UPDATE kill_switch_audit SET reason = 'none'", "DELETE FROM kill_switch_audit", "TRUNCATE kill_switch_audit"])
        {
            Assert.Equal(Refused, (await Assert.ThrowsAsync<PostgresException>(() => roles.ExecuteAsync(roles.Agent, statement))).SqlState);
        }
    }

    [Fact]
    public async Task Script_WithoutTheTables_SaysWhatIsMissing()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();

        PostgresException exception = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(PostgresRoles.Script));

        Assert.Contains("docs/schema/postgres.sql", exception.MessageText, StringComparison.Ordinal);
    }

    private static async Task ExamineAsync(RolesDatabase roles, string login, DatabaseFindingOutcome outcome, string detail)
    {
        await using PostgresStorage storage = new(roles.Outside, ownsDatabase: false, autoMigrate: false, roles.ConnectionString(login));
        DatabaseFinding finding = Assert.Single(await storage.Database.ExamineAsync(Ct), finding => finding.Subject == "role");
        Assert.Equal(outcome, finding.Outcome);
        Assert.Contains(detail, finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExamineAsync_SaysWhoCouldRelease()
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await ExamineAsync(roles, roles.Agent, DatabaseFindingOutcome.Ok, "may activate the kill switch and not release it");
        await ExamineAsync(roles, roles.Operator, DatabaseFindingOutcome.Ok, "may activate and release the kill switch");
        await ExamineAsync(roles, roles.Owner, DatabaseFindingOutcome.Notice, "superuser");

        await roles.Outside.ExecuteAsync("ALTER TABLE agent_state DISABLE TRIGGER jarvis_agent_may_only_activate");
        await ExamineAsync(roles, roles.Agent, DatabaseFindingOutcome.Fault, "is missing or off");

        await roles.Outside.ExecuteAsync($"ALTER TABLE agent_state OWNER TO {roles.Agent}");
        await ExamineAsync(roles, roles.Agent, DatabaseFindingOutcome.Notice, "owns the tables");
        await roles.Outside.ExecuteAsync($"ALTER TABLE agent_state OWNER TO {roles.Owner}");

        await roles.Outside.ExecuteAsync($"REVOKE jarvis_operator FROM {roles.Operator}; GRANT USAGE ON SCHEMA jarvis TO {roles.Operator}; GRANT SELECT ON jarvis.migrations_history TO {roles.Operator}");
        await ExamineAsync(roles, roles.Operator, DatabaseFindingOutcome.Notice, "neither activate nor release");
        await roles.Outside.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE ON agent_state TO {roles.Operator}");
        await ExamineAsync(roles, roles.Operator, DatabaseFindingOutcome.Notice, "could release the kill switch, and so could every agent");
    }

    [Fact]
    public async Task ExamineAsync_RightsThatCameLater_AreMissedUntilTheScriptIsAppliedAgain()
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await roles.Outside.ExecuteAsync(
            """
            REVOKE ALL ON jarvis.balances, jarvis.corrections FROM jarvis_agent, jarvis_operator;
            CREATE TABLE strategies (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, goal_id integer NOT NULL)
            """);
        const string Lacked = "lacks rights that it needs: INSERT on jarvis.balances, INSERT on jarvis.corrections, SELECT on jarvis.balances, SELECT on jarvis.corrections, SELECT on strategies.";
        await ExamineAsync(roles, roles.Agent, DatabaseFindingOutcome.Fault, "is a member of jarvis_agent and " + Lacked);
        await ExamineAsync(roles, roles.Operator, DatabaseFindingOutcome.Fault, "is a member of jarvis_operator and " + Lacked);

        await roles.Outside.PsqlAsync(PostgresRoles.Script);

        await ExamineAsync(roles, roles.Agent, DatabaseFindingOutcome.Ok, "may activate the kill switch and not release it");
        await ExamineAsync(roles, roles.Operator, DatabaseFindingOutcome.Ok, "may activate and release the kill switch");
    }
}
