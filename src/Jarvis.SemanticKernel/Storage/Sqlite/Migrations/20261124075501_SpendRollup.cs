using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jarvis.SemanticKernel.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    internal sealed partial class SpendRollup : Migration
    {
        // There is no rollup here: the rows of one machine's file are summed as they are. But what the details know counts, as it does in Postgres.
        private const string CallsView =
            """
            DROP VIEW IF EXISTS jarvis_calls;
            CREATE VIEW jarvis_calls AS
            SELECT d.started_at AS at,
                   d.tier,
                   coalesce(d.model, d.requested_model) AS model,
                   coalesce(d.goal_id, a.goal_id) AS goal_id,
                   coalesce(d.prompt_tokens, a.prompt_tokens) AS prompt_tokens,
                   coalesce(d.completion_tokens, a.completion_tokens) AS completion_tokens,
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
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(CallsView);

        // The view keeps its columns.
        protected override void Down(MigrationBuilder migrationBuilder)
        {
        }
    }
}
