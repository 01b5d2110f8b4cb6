using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jarvis.SemanticKernel.Storage.Sqlite.Migrations
{
    // What the shared tables of operating costs and revenue have no column for, and what OpenRouter said of the account (money in 1e-12 USD).
    internal sealed partial class Books : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            CREATE TABLE IF NOT EXISTS jarvis_bookings (
              kind TEXT NOT NULL CHECK (kind IN ('cost', 'revenue')), row_id INTEGER NOT NULL, reference TEXT, goal_id INTEGER, PRIMARY KEY (kind, row_id));
            CREATE UNIQUE INDEX IF NOT EXISTS jarvis_bookings_reference ON jarvis_bookings (kind, reference) WHERE reference IS NOT NULL;
            CREATE TABLE IF NOT EXISTS jarvis_strategy_goals (strategy_id TEXT NOT NULL PRIMARY KEY, goal_id INTEGER NOT NULL);
            CREATE TABLE IF NOT EXISTS jarvis_balances (
              at TEXT NOT NULL, account TEXT NOT NULL, limit_usd INTEGER, remaining_usd INTEGER, used_usd INTEGER, ledger_usd INTEGER NOT NULL, notice TEXT,
              PRIMARY KEY (account, at));
            CREATE INDEX IF NOT EXISTS jarvis_balances_notice ON jarvis_balances (account, at) WHERE notice IS NOT NULL;
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE jarvis_bookings; DROP TABLE jarvis_strategy_goals; DROP TABLE jarvis_balances;");
    }
}
