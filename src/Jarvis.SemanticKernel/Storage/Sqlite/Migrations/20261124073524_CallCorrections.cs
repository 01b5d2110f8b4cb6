using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jarvis.SemanticKernel.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    internal sealed partial class CallCorrections : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "jarvis_corrections",
                columns: table => new
                {
                    call_id = table.Column<string>(type: "TEXT", nullable: false),
                    cost_source_after = table.Column<string>(type: "TEXT", nullable: false),
                    corrected_at = table.Column<DateTimeOffset>(type: "TEXT", nullable: false),
                    asked_by = table.Column<string>(type: "TEXT", nullable: false),
                    cost_source_before = table.Column<string>(type: "TEXT", nullable: false),
                    cost_usd_before = table.Column<decimal>(type: "INTEGER", nullable: true),
                    cost_usd_after = table.Column<decimal>(type: "INTEGER", nullable: false),
                    prompt_tokens_before = table.Column<int>(type: "INTEGER", nullable: true),
                    prompt_tokens_after = table.Column<int>(type: "INTEGER", nullable: true),
                    completion_tokens_before = table.Column<int>(type: "INTEGER", nullable: true),
                    completion_tokens_after = table.Column<int>(type: "INTEGER", nullable: true),
                    cached_tokens_before = table.Column<int>(type: "INTEGER", nullable: true),
                    cached_tokens_after = table.Column<int>(type: "INTEGER", nullable: true),
                    reasoning_tokens_before = table.Column<int>(type: "INTEGER", nullable: true),
                    reasoning_tokens_after = table.Column<int>(type: "INTEGER", nullable: true),
                    model_before = table.Column<string>(type: "TEXT", nullable: true),
                    model_after = table.Column<string>(type: "TEXT", nullable: true),
                    provider_before = table.Column<string>(type: "TEXT", nullable: true),
                    provider_after = table.Column<string>(type: "TEXT", nullable: true),
                    cost_usd_after_text = table.Column<string>(type: "TEXT", nullable: true),
                    cost_usd_before_text = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("jarvis_corrections_pkey", x => new { x.call_id, x.cost_source_after });
                });

            migrationBuilder.CreateIndex(
                name: "jarvis_call_details_unresolved",
                table: "jarvis_call_details",
                column: "started_at",
                filter: "cost_source IN ('unknown', 'computed') AND generation_id IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "jarvis_corrections");

            migrationBuilder.DropIndex(
                name: "jarvis_call_details_unresolved",
                table: "jarvis_call_details");
        }
    }
}
