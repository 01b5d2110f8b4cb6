using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jarvis.SemanticKernel.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    internal sealed partial class KillSwitchScopes : Migration
    {
        /// <summary>Finds the audit that we created in sqlite_master: the default for the time is written as nobody else writes it.</summary>
        public const string IsOurAudit =
            "type = 'table' AND name = 'kill_switch_audit' AND instr(sql, 'strftime(''%Y-%m-%d %H:%M:%f'', ''now'') || ''000''') > 0";

        // What does not plainly say that it is open counts as an activation.
        private const string IsActivation =
            "CASE WHEN typeof(NEW.value) = 'text' AND json_valid(NEW.value) THEN (SELECT count(*) FROM json_each(NEW.value) WHERE key = 'active') <> 1 OR json_type(NEW.value, '$.active') IS NOT 'false' ELSE 1 END";

        // Counts as before, and says which switch was activated when. No UPSERT: inside of a trigger, the conflict clause of whoever writes the row wins over its own. The row of
        // the version is made again where somebody took it away: a stop must not fail for it.
        private const string Changed =
            $"""
            DROP TRIGGER IF EXISTS jarvis_kill_switch_insert;
            DROP TRIGGER IF EXISTS jarvis_kill_switch_update;
            DROP TRIGGER IF EXISTS jarvis_kill_switch_delete;
            CREATE TRIGGER jarvis_kill_switch_insert AFTER INSERT ON agent_state WHEN substr(NEW.key, 1, 11) = 'kill_switch'
            BEGIN {Count} {Remember} END;
            CREATE TRIGGER jarvis_kill_switch_update AFTER UPDATE ON agent_state WHEN substr(OLD.key, 1, 11) = 'kill_switch' OR substr(NEW.key, 1, 11) = 'kill_switch'
            BEGIN {Count} {Remember} END;
            CREATE TRIGGER jarvis_kill_switch_delete AFTER DELETE ON agent_state WHEN substr(OLD.key, 1, 11) = 'kill_switch'
            BEGIN {Count} END;
            INSERT OR IGNORE INTO jarvis_kill_switch_activations (key, version)
            SELECT NEW.key, v.version FROM agent_state AS NEW CROSS JOIN jarvis_kill_switch_version v WHERE substr(NEW.key, 1, 11) = 'kill_switch' AND {IsActivation};
            """;

        private const string Count =
            """
            INSERT INTO jarvis_kill_switch_version (id, version)
              SELECT 1, (SELECT coalesce(max(version), 0) FROM jarvis_kill_switch_activations) WHERE NOT EXISTS (SELECT 1 FROM jarvis_kill_switch_version);
            UPDATE jarvis_kill_switch_version SET version = version + 1;
            """;

        private const string Remember =
            $"""
            UPDATE jarvis_kill_switch_activations SET version = (SELECT max(version) FROM jarvis_kill_switch_version)
              WHERE key = NEW.key AND substr(NEW.key, 1, 11) = 'kill_switch' AND {IsActivation};
            INSERT INTO jarvis_kill_switch_activations (key, version)
              SELECT NEW.key, (SELECT max(version) FROM jarvis_kill_switch_version)
              WHERE NOT EXISTS (SELECT 1 FROM jarvis_kill_switch_activations WHERE key = NEW.key) AND substr(NEW.key, 1, 11) = 'kill_switch' AND {IsActivation};
            """;

        // What was done to the switch cannot be undone in its history. Only on the table that we created, which is known by its default for the time: a table that was there
        // before us is left to its own. SQLite has no conditions around its definitions, so the condition stands inside. REPLACE would delete without asking the delete trigger.
        private const string AppendOnly =
            $"""
            CREATE TRIGGER IF NOT EXISTS jarvis_append_only_update BEFORE UPDATE ON kill_switch_audit WHEN {IsOurs}
            BEGIN SELECT RAISE(ABORT, 'kill_switch_audit is append-only: UPDATE refused'); END;
            CREATE TRIGGER IF NOT EXISTS jarvis_append_only_delete BEFORE DELETE ON kill_switch_audit WHEN {IsOurs}
            BEGIN SELECT RAISE(ABORT, 'kill_switch_audit is append-only: DELETE refused'); END;
            CREATE TRIGGER IF NOT EXISTS jarvis_append_only_replace BEFORE INSERT ON kill_switch_audit
              WHEN EXISTS (SELECT 1 FROM kill_switch_audit WHERE id = NEW.id) AND {IsOurs}
            BEGIN SELECT RAISE(ABORT, 'kill_switch_audit is append-only: REPLACE refused'); END;
            CREATE TRIGGER IF NOT EXISTS jarvis_append_only_changes_update BEFORE UPDATE ON jarvis_kill_switch_changes
            BEGIN SELECT RAISE(ABORT, 'jarvis_kill_switch_changes is append-only: UPDATE refused'); END;
            CREATE TRIGGER IF NOT EXISTS jarvis_append_only_changes_delete BEFORE DELETE ON jarvis_kill_switch_changes
            BEGIN SELECT RAISE(ABORT, 'jarvis_kill_switch_changes is append-only: DELETE refused'); END;
            """;

        private const string IsOurs = $"EXISTS (SELECT 1 FROM sqlite_master WHERE {IsOurAudit})";

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "jarvis_kill_switch_activations",
                columns: table => new
                {
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("jarvis_kill_switch_activations_pkey", x => x.key);
                });

            migrationBuilder.Sql(Changed);
            migrationBuilder.Sql(AppendOnly);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP TRIGGER jarvis_append_only_update; DROP TRIGGER jarvis_append_only_delete; DROP TRIGGER jarvis_append_only_replace;
                DROP TRIGGER jarvis_append_only_changes_update; DROP TRIGGER jarvis_append_only_changes_delete;
                DROP TRIGGER jarvis_kill_switch_insert; DROP TRIGGER jarvis_kill_switch_update; DROP TRIGGER jarvis_kill_switch_delete;
                CREATE TRIGGER jarvis_kill_switch_insert AFTER INSERT ON agent_state WHEN substr(NEW.key, 1, 11) = 'kill_switch'
                BEGIN UPDATE jarvis_kill_switch_version SET version = version + 1; END;
                CREATE TRIGGER jarvis_kill_switch_update AFTER UPDATE ON agent_state WHEN substr(OLD.key, 1, 11) = 'kill_switch' OR substr(NEW.key, 1, 11) = 'kill_switch'
                BEGIN UPDATE jarvis_kill_switch_version SET version = version + 1; END;
                CREATE TRIGGER jarvis_kill_switch_delete AFTER DELETE ON agent_state WHEN substr(OLD.key, 1, 11) = 'kill_switch'
                BEGIN UPDATE jarvis_kill_switch_version SET version = version + 1; END;
                """);
            migrationBuilder.DropTable(
                name: "jarvis_kill_switch_activations");
        }
    }
}
