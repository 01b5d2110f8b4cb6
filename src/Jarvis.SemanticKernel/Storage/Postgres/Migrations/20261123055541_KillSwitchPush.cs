using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jarvis.SemanticKernel.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    internal sealed partial class KillSwitchPush : Migration
    {
        // Whoever changes the switch, this package, another program or a person in psql, tells every listener, and tells it in the same transaction. As its definer, so that a
        // role that may write agent_state needs no rights in our schema.
        private const string Push =
            """
            INSERT INTO jarvis.kill_switch_version (id, version) VALUES (1, 1);

            CREATE FUNCTION jarvis.kill_switch_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $fn$
            DECLARE
              new_version bigint;
            BEGIN
              UPDATE jarvis.kill_switch_version SET version = version + 1 RETURNING version INTO new_version;
              PERFORM pg_notify('jarvis_kill_switch', new_version::text);
              RETURN NULL;
            END $fn$;

            CREATE TRIGGER jarvis_kill_switch_insert AFTER INSERT ON agent_state FOR EACH ROW
              WHEN (starts_with(NEW.key, 'kill_switch')) EXECUTE FUNCTION jarvis.kill_switch_changed();
            CREATE TRIGGER jarvis_kill_switch_update AFTER UPDATE ON agent_state FOR EACH ROW
              WHEN (starts_with(OLD.key, 'kill_switch') OR starts_with(NEW.key, 'kill_switch')) EXECUTE FUNCTION jarvis.kill_switch_changed();
            CREATE TRIGGER jarvis_kill_switch_delete AFTER DELETE ON agent_state FOR EACH ROW
              WHEN (starts_with(OLD.key, 'kill_switch')) EXECUTE FUNCTION jarvis.kill_switch_changed();
            CREATE TRIGGER jarvis_kill_switch_truncate AFTER TRUNCATE ON agent_state FOR EACH STATEMENT EXECUTE FUNCTION jarvis.kill_switch_changed();
            """;

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "kill_switch_changes",
                schema: "jarvis",
                columns: table => new
                {
                    audit_id = table.Column<int>(type: "integer", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("kill_switch_changes_pkey", x => x.audit_id);
                });

            migrationBuilder.CreateTable(
                name: "kill_switch_version",
                schema: "jarvis",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("kill_switch_version_pkey", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "processes",
                schema: "jarvis",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    host = table.Column<string>(type: "text", nullable: false),
                    pid = table.Column<int>(type: "integer", nullable: false),
                    program = table.Column<string>(type: "text", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    switch_version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("processes_pkey", x => x.process_id);
                });

            migrationBuilder.CreateIndex(
                name: "kill_switch_changes_key",
                schema: "jarvis",
                table: "kill_switch_changes",
                columns: new[] { "key", "audit_id" });

            migrationBuilder.Sql(Push);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP FUNCTION jarvis.kill_switch_changed() CASCADE;");
            migrationBuilder.DropTable(
                name: "kill_switch_changes",
                schema: "jarvis");

            migrationBuilder.DropTable(
                name: "kill_switch_version",
                schema: "jarvis");

            migrationBuilder.DropTable(
                name: "processes",
                schema: "jarvis");
        }
    }
}
