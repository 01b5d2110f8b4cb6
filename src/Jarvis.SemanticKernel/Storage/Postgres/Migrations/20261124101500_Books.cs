using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Jarvis.SemanticKernel.Storage.Postgres.Migrations
{
    // What the shared tables of operating costs and revenue have no column for, and what OpenRouter said of the account.
    internal sealed partial class Books : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
            """
            CREATE TABLE jarvis.bookings (
              kind text NOT NULL CHECK (kind IN ('cost', 'revenue')), row_id integer NOT NULL, reference text, goal_id integer, PRIMARY KEY (kind, row_id));
            CREATE UNIQUE INDEX bookings_reference ON jarvis.bookings (kind, reference) WHERE reference IS NOT NULL;
            CREATE TABLE jarvis.strategy_goals (strategy_id text PRIMARY KEY, goal_id integer NOT NULL);
            CREATE TABLE jarvis.balances (
              at timestamptz NOT NULL, account text NOT NULL, limit_usd numeric, remaining_usd numeric, used_usd numeric, ledger_usd numeric NOT NULL, notice text, PRIMARY KEY (account, at));
            CREATE INDEX balances_notice ON jarvis.balances (account, at) WHERE notice IS NOT NULL;
            """);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE jarvis.bookings, jarvis.strategy_goals, jarvis.balances;");
    }
}
