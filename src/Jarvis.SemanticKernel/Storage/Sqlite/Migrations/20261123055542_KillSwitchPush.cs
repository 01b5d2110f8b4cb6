using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jarvis.SemanticKernel.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    internal sealed partial class KillSwitchPush : Migration
    {
        // Counts every change of the switch, whoever makes it. Nobody can be told across processes here; they ask often enough.
        private const string Count =
            """
            INSERT OR IGNORE INTO jarvis_kill_switch_version (id, version) VALUES (1, 1);
            CREATE TRIGGER IF NOT EXISTS jarvis_kill_switch_insert AFTER INSERT ON agent_state WHEN substr(NEW.key, 1, 11) = 'kill_switch'
            BEGIN UPDATE jarvis_kill_switch_version SET version = version + 1; END;
            CREATE TRIGGER IF NOT EXISTS jarvis_kill_switch_update AFTER UPDATE ON agent_state WHEN substr(OLD.key, 1, 11) = 'kill_switch' OR substr(NEW.key, 1, 11) = 'kill_switch'
            BEGIN UPDATE jarvis_kill_switch_version SET version = version + 1; END;
            CREATE TRIGGER IF NOT EXISTS jarvis_kill_switch_delete AFTER DELETE ON agent_state WHEN substr(OLD.key, 1, 11) = 'kill_switch'
            BEGIN UPDATE jarvis_kill_switch_version SET version = version + 1; END;
            """;

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "jarvis_kill_switch_changes",
                columns: table => new
                {
                    audit_id = table.Column<int>(type: "INTEGER", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("jarvis_kill_switch_changes_pkey", x => x.audit_id);
                });

            migrationBuilder.CreateTable(
                name: "jarvis_kill_switch_version",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("jarvis_kill_switch_version_pkey", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "jarvis_processes",
                columns: table => new
                {
                    process_id = table.Column<string>(type: "TEXT", nullable: false),
                    host = table.Column<string>(type: "TEXT", nullable: false),
                    pid = table.Column<int>(type: "INTEGER", nullable: false),
                    program = table.Column<string>(type: "TEXT", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "TEXT", nullable: false),
                    last_seen_at = table.Column<DateTimeOffset>(type: "TEXT", nullable: false),
                    switch_version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("jarvis_processes_pkey", x => x.process_id);
                });

            migrationBuilder.CreateIndex(
                name: "jarvis_kill_switch_changes_key",
                table: "jarvis_kill_switch_changes",
                columns: new[] { "key", "audit_id" });

            migrationBuilder.Sql(Count);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TRIGGER jarvis_kill_switch_insert; DROP TRIGGER jarvis_kill_switch_update; DROP TRIGGER jarvis_kill_switch_delete;");
            migrationBuilder.DropTable(
                name: "jarvis_kill_switch_changes");

            migrationBuilder.DropTable(
                name: "jarvis_kill_switch_version");

            migrationBuilder.DropTable(
                name: "jarvis_processes");
        }
    }
}
