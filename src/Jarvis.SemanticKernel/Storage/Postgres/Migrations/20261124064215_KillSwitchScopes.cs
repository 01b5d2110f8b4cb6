using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jarvis.SemanticKernel.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    internal sealed partial class KillSwitchScopes : Migration
    {
        // Counts as before, and says which switch was activated when: whatever does not plainly say that it is open. The row of the version is made again where somebody took
        // it away: a stop must not fail for it.
        private const string Changed =
            """
            CREATE OR REPLACE FUNCTION jarvis.kill_switch_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
            DECLARE
              new_version bigint;
            BEGIN
              INSERT INTO jarvis.kill_switch_version AS known (id, version) VALUES (1, (SELECT coalesce(max(a.version), 0) + 1 FROM jarvis.kill_switch_activations a))
              ON CONFLICT (id) DO UPDATE SET version = known.version + 1 RETURNING known.version INTO new_version;
              IF TG_OP IN ('INSERT', 'UPDATE') THEN
                IF starts_with(NEW.key, 'kill_switch') AND (NEW.value -> 'active') IS DISTINCT FROM 'false'::jsonb THEN
                  INSERT INTO jarvis.kill_switch_activations (key, version) VALUES (NEW.key, new_version)
                  ON CONFLICT (key) DO UPDATE SET version = EXCLUDED.version;
                END IF;
              END IF;
              PERFORM pg_notify('jarvis_kill_switch', new_version::text);
              RETURN NULL;
            END $fn$;

            INSERT INTO jarvis.kill_switch_activations (key, version)
            SELECT s.key, v.version FROM agent_state s CROSS JOIN jarvis.kill_switch_version v
            WHERE starts_with(s.key, 'kill_switch') AND (s.value -> 'active') IS DISTINCT FROM 'false'::jsonb;

            CREATE TRIGGER jarvis_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON jarvis.kill_switch_changes
              FOR EACH STATEMENT EXECUTE FUNCTION jarvis.refuse_change();
            """;

        private const string ChangedBefore =
            """
            DROP TRIGGER jarvis_append_only ON jarvis.kill_switch_changes;
            CREATE OR REPLACE FUNCTION jarvis.kill_switch_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
            DECLARE
              new_version bigint;
            BEGIN
              UPDATE jarvis.kill_switch_version SET version = version + 1 RETURNING version INTO new_version;
              PERFORM pg_notify('jarvis_kill_switch', new_version::text);
              RETURN NULL;
            END $fn$;
            """;

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "kill_switch_activations",
                schema: "jarvis",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("kill_switch_activations_pkey", x => x.key);
                });

            migrationBuilder.Sql(Changed);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(ChangedBefore);
            migrationBuilder.DropTable(
                name: "kill_switch_activations",
                schema: "jarvis");
        }
    }
}
