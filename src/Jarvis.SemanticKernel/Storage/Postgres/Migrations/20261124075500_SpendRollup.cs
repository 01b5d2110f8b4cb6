using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jarvis.SemanticKernel.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    internal sealed partial class SpendRollup : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(Tables);
            migrationBuilder.Sql(Views);
            migrationBuilder.Sql(DetailsFunctions);
            migrationBuilder.Sql(AiCallsFunctions);
            migrationBuilder.Sql(OtherFunctions);
            migrationBuilder.Sql(Begin);
        }

        // The view of the calls keeps the columns it had, and the figures that are better: what the details know counts.
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP FUNCTION jarvis.spend_details_inserted(), jarvis.spend_details_changed(), jarvis.spend_ai_calls_inserted(), jarvis.spend_ai_calls_changed(),
                  jarvis.spend_update_begins(), jarvis.spend_truncated(), jarvis.spend_ai_calls_gone() CASCADE;
                DROP FUNCTION jarvis.compact_spend(), jarvis.rebuild_spend();
                DROP VIEW jarvis.spend, jarvis.spend_open, jarvis.ai_calls_versions;
                DROP TABLE jarvis.spend_deltas, jarvis.spend_rollup, jarvis.spend_rollup_days, jarvis.spend_rollup_totals, jarvis.spend_pending, jarvis.other_calls;
                ALTER TABLE jarvis.call_details DROP COLUMN billed_as;
                DROP TYPE jarvis.billed_call;
                DROP FUNCTION jarvis.is_unresolved, jarvis.finite;
                """);
        }
    }
}
