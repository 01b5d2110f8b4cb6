using Jarvis.SemanticKernel.Storage.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace Jarvis.SemanticKernel.Storage.Postgres;

internal sealed class PostgresSchemaContext(DbContextOptions<PostgresSchemaContext> options) : SchemaContext(options)
{
    public const string Schema = "jarvis";
    public const string HistoryTable = "migrations_history";

    // Written here too because asking EF Core for it builds the model, which costs a second of every start; a test compares.
    public const string NewestMigration = "20261124101500_Books";

    public static PostgresSchemaContext For(NpgsqlDataSource dataSource) => new(
        new DbContextOptionsBuilder<PostgresSchemaContext>().UseNpgsql(dataSource, NameHistory).Options);

    public static PostgresSchemaContext WithoutDatabase() => new(
        new DbContextOptionsBuilder<PostgresSchemaContext>().UseNpgsql(NameHistory).Options);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<CallDetailsRow>().ToTable("call_details", Schema);
        modelBuilder.Entity<CorrectionRow>().ToTable("corrections", Schema);
        modelBuilder.Entity<ProcessRow>().ToTable("processes", Schema);
        modelBuilder.Entity<KillSwitchVersionRow>().ToTable("kill_switch_version", Schema);
        modelBuilder.Entity<KillSwitchChangeRow>().ToTable("kill_switch_changes", Schema);
        modelBuilder.Entity<KillSwitchActivationRow>().ToTable("kill_switch_activations", Schema);
        modelBuilder.Entity<AgentStateRow>().Property(row => row.Value).HasColumnType("jsonb");
        modelBuilder.HasPostgresEnum("cost_category", ["ai_inference", "vm", "api_service", "other"]);
        modelBuilder.Entity<OperatingCostRow>().Property(row => row.Category).HasColumnType("cost_category");
        foreach (IMutableProperty column in modelBuilder.Model.GetEntityTypes().SelectMany(table => table.GetProperties()))
        {
            if (column.ClrType == typeof(DateTime))
            {
                column.SetColumnType("timestamp");
            }
        }

        modelBuilder.Entity<AgentStateRow>().Property(row => row.UpdatedAt).HasDefaultValueSql("now()");
        modelBuilder.Entity<AiCallRow>().Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        modelBuilder.Entity<OperatingCostRow>().Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        modelBuilder.Entity<RevenueRow>().Property(row => row.EarnedAt).HasDefaultValueSql("now()");
        modelBuilder.Entity<RevenueRow>().Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        modelBuilder.Entity<KillSwitchAuditRow>().Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        NameInSnakeCase(modelBuilder);
    }

    private static void NameHistory(NpgsqlDbContextOptionsBuilder postgres) => postgres.MigrationsHistoryTable(HistoryTable, Schema);
}
