using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jarvis.SemanticKernel.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    internal sealed partial class Initial : Migration
    {
        // Both halves together are ai_calls FULL OUTER JOIN call_details. In two halves a condition on "at" reaches the index on started_at.
        private const string CallsView =
            """
            CREATE VIEW IF NOT EXISTS jarvis_calls AS
            SELECT d.started_at AS at,
                   coalesce(d.tier, a.tier) AS tier,
                   coalesce(d.model, a.model, d.requested_model) AS model,
                   coalesce(d.goal_id, a.goal_id) AS goal_id,
                   coalesce(a.prompt_tokens, d.prompt_tokens) AS prompt_tokens,
                   coalesce(a.completion_tokens, d.completion_tokens) AS completion_tokens,
                   a.id, a.model AS ai_calls_model, a.tier AS ai_calls_tier, a.prompt_tokens AS ai_calls_prompt_tokens,
                   a.completion_tokens AS ai_calls_completion_tokens, a.cost_usd, a.goal_id AS ai_calls_goal_id, a.created_at,
                   d.call_id, d.ai_call_id, d.generation_id, d.provider, d.requested_model, d.model AS details_model, d.tier AS details_tier,
                   d.status, d.http_status, d.error, d.cost_usd_exact, d.cost_usd_text, d.cost_source, d.prompt_tokens AS details_prompt_tokens,
                   d.completion_tokens AS details_completion_tokens, d.cached_tokens, d.reasoning_tokens, d.latency_ms, d.streamed, d.attempt,
                   d.goal_id AS details_goal_id, d.agent, d.function, d.run_id, d.route, d.started_at
            FROM jarvis_call_details d LEFT JOIN ai_calls a ON a.id = d.ai_call_id
            UNION ALL
            SELECT a.created_at, a.tier, a.model, a.goal_id, a.prompt_tokens, a.completion_tokens,
                   a.id, a.model, a.tier, a.prompt_tokens, a.completion_tokens, a.cost_usd, a.goal_id, a.created_at,
                   NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL, NULL, NULL, NULL, NULL, NULL,
                   NULL, NULL, NULL, NULL, NULL, NULL
            FROM ai_calls a WHERE NOT EXISTS (SELECT 1 FROM jarvis_call_details d WHERE d.ai_call_id = a.id);
            """;

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Never changed where they exist: the file may be shared with another program.
            migrationBuilder.Sql(
                """
                CREATE TABLE IF NOT EXISTS agent_state (
                  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                  key TEXT NOT NULL UNIQUE,
                  value TEXT NOT NULL,
                  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'));
                CREATE TABLE IF NOT EXISTS ai_calls (
                  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                  model TEXT NOT NULL,
                  tier TEXT NOT NULL,
                  prompt_tokens INTEGER NOT NULL,
                  completion_tokens INTEGER NOT NULL,
                  cost_usd INTEGER NOT NULL,
                  goal_id INTEGER,
                  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'));
                CREATE TABLE IF NOT EXISTS operating_costs (
                  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                  category TEXT NOT NULL,
                  amount_usd INTEGER NOT NULL,
                  description TEXT,
                  period_start TEXT NOT NULL,
                  period_end TEXT NOT NULL,
                  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'));
                CREATE TABLE IF NOT EXISTS revenue (
                  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                  strategy_id TEXT NOT NULL,
                  source_attribution TEXT,
                  amount_usd INTEGER NOT NULL,
                  earned_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
                  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'));
                CREATE TABLE IF NOT EXISTS kill_switch_audit (
                  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
                  action TEXT NOT NULL,
                  reason TEXT NOT NULL,
                  triggered_by TEXT NOT NULL,
                  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'));
                """);

            migrationBuilder.CreateTable(
                name: "jarvis_call_details",
                columns: table => new
                {
                    call_id = table.Column<string>(type: "TEXT", nullable: false),
                    ai_call_id = table.Column<int>(type: "INTEGER", nullable: true),
                    generation_id = table.Column<string>(type: "TEXT", nullable: true),
                    provider = table.Column<string>(type: "TEXT", nullable: true),
                    requested_model = table.Column<string>(type: "TEXT", nullable: false),
                    model = table.Column<string>(type: "TEXT", nullable: true),
                    tier = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    http_status = table.Column<int>(type: "INTEGER", nullable: true),
                    error = table.Column<string>(type: "TEXT", nullable: true),
                    cost_usd_exact = table.Column<decimal>(type: "INTEGER", nullable: true),
                    cost_source = table.Column<string>(type: "TEXT", nullable: false),
                    prompt_tokens = table.Column<int>(type: "INTEGER", nullable: true),
                    completion_tokens = table.Column<int>(type: "INTEGER", nullable: true),
                    cached_tokens = table.Column<int>(type: "INTEGER", nullable: true),
                    reasoning_tokens = table.Column<int>(type: "INTEGER", nullable: true),
                    latency_ms = table.Column<int>(type: "INTEGER", nullable: false),
                    streamed = table.Column<bool>(type: "INTEGER", nullable: false),
                    attempt = table.Column<int>(type: "INTEGER", nullable: false),
                    goal_id = table.Column<int>(type: "INTEGER", nullable: true),
                    agent = table.Column<string>(type: "TEXT", nullable: true),
                    function = table.Column<string>(type: "TEXT", nullable: true),
                    run_id = table.Column<string>(type: "TEXT", nullable: true),
                    route = table.Column<string>(type: "TEXT", nullable: true),
                    started_at = table.Column<DateTimeOffset>(type: "TEXT", nullable: false),
                    cost_usd_text = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("jarvis_call_details_pkey", x => x.call_id);
                });

            migrationBuilder.CreateIndex(
                name: "jarvis_call_details_ai_call_id",
                table: "jarvis_call_details",
                column: "ai_call_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "jarvis_call_details_goal_id",
                table: "jarvis_call_details",
                columns: new[] { "goal_id", "started_at" },
                filter: "goal_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "jarvis_call_details_run_id",
                table: "jarvis_call_details",
                column: "run_id",
                filter: "run_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "jarvis_call_details_started_at",
                table: "jarvis_call_details",
                column: "started_at");

            migrationBuilder.Sql(CallsView);
        }

        // The shared tables stay: they are not ours to drop.
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP VIEW jarvis_calls;");
            migrationBuilder.DropTable(
                name: "jarvis_call_details");

        }
    }
}
