using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jarvis.SemanticKernel.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    internal sealed partial class CallCorrections : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "corrections",
                schema: "jarvis",
                columns: table => new
                {
                    call_id = table.Column<Guid>(type: "uuid", nullable: false),
                    cost_source_after = table.Column<string>(type: "text", nullable: false),
                    corrected_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    asked_by = table.Column<string>(type: "text", nullable: false),
                    cost_source_before = table.Column<string>(type: "text", nullable: false),
                    cost_usd_before = table.Column<decimal>(type: "numeric", nullable: true),
                    cost_usd_after = table.Column<decimal>(type: "numeric", nullable: false),
                    prompt_tokens_before = table.Column<int>(type: "integer", nullable: true),
                    prompt_tokens_after = table.Column<int>(type: "integer", nullable: true),
                    completion_tokens_before = table.Column<int>(type: "integer", nullable: true),
                    completion_tokens_after = table.Column<int>(type: "integer", nullable: true),
                    cached_tokens_before = table.Column<int>(type: "integer", nullable: true),
                    cached_tokens_after = table.Column<int>(type: "integer", nullable: true),
                    reasoning_tokens_before = table.Column<int>(type: "integer", nullable: true),
                    reasoning_tokens_after = table.Column<int>(type: "integer", nullable: true),
                    model_before = table.Column<string>(type: "text", nullable: true),
                    model_after = table.Column<string>(type: "text", nullable: true),
                    provider_before = table.Column<string>(type: "text", nullable: true),
                    provider_after = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("corrections_pkey", x => new { x.call_id, x.cost_source_after });
                });

            migrationBuilder.CreateIndex(
                name: "call_details_unresolved",
                schema: "jarvis",
                table: "call_details",
                column: "started_at",
                filter: "cost_source IN ('unknown', 'computed') AND generation_id IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "corrections",
                schema: "jarvis");

            migrationBuilder.DropIndex(
                name: "call_details_unresolved",
                schema: "jarvis",
                table: "call_details");
        }
    }
}
