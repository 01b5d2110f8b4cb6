using Jarvis.SemanticKernel.Storage.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

internal sealed class SqliteSchemaContext(DbContextOptions<SqliteSchemaContext> options) : SchemaContext(options)
{
    public const string HistoryTable = "jarvis_migrations_history";

    // Written here too because asking EF Core for it builds the model, which costs a second of every start; a test compares.
    public const string NewestMigration = "20261124101501_Books";

    // Fixed width, so that texts sort as the instants they stand for.
    private const string Now = "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')";

    public static SqliteSchemaContext WithoutDatabase() => new(
        new DbContextOptionsBuilder<SqliteSchemaContext>().UseSqlite(sqlite => sqlite.MigrationsHistoryTable(HistoryTable)).Options);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<ProcessRow>(table =>
        {
            table.ToTable("jarvis_processes");
            table.Property(row => row.ProcessId).HasConversion<string>();
        });
        modelBuilder.Entity<KillSwitchVersionRow>().ToTable("jarvis_kill_switch_version");
        modelBuilder.Entity<KillSwitchChangeRow>().ToTable("jarvis_kill_switch_changes");
        modelBuilder.Entity<KillSwitchActivationRow>().ToTable("jarvis_kill_switch_activations");
        modelBuilder.Entity<CallDetailsRow>(table =>
        {
            table.ToTable("jarvis_call_details");
            table.Property<string?>("CostUsdText");
            table.Property(row => row.CallId).HasConversion<string>();
        });
        modelBuilder.Entity<CorrectionRow>(table =>
        {
            table.ToTable("jarvis_corrections");
            table.Property<string?>("CostUsdBeforeText");
            table.Property<string?>("CostUsdAfterText");
            table.Property(row => row.CallId).HasConversion<string>();
        });
        foreach (IMutableProperty column in modelBuilder.Model.GetEntityTypes().SelectMany(table => table.GetProperties()))
        {
            if (column.ClrType == typeof(decimal) || column.ClrType == typeof(decimal?))
            {
                // Whole numbers of a small unit: SUM is exact in every program that opens the file.
                column.SetColumnType("INTEGER");
            }
        }

        modelBuilder.Entity<AgentStateRow>().Property(row => row.UpdatedAt).HasDefaultValueSql(Now);
        modelBuilder.Entity<AiCallRow>().Property(row => row.CreatedAt).HasDefaultValueSql(Now);
        modelBuilder.Entity<OperatingCostRow>().Property(row => row.CreatedAt).HasDefaultValueSql(Now);
        modelBuilder.Entity<RevenueRow>().Property(row => row.EarnedAt).HasDefaultValueSql(Now);
        modelBuilder.Entity<RevenueRow>().Property(row => row.CreatedAt).HasDefaultValueSql(Now);
        modelBuilder.Entity<KillSwitchAuditRow>().Property(row => row.CreatedAt).HasDefaultValueSql(Now);
        NameInSnakeCase(modelBuilder);
        foreach (IMutableIndex index in modelBuilder.Entity<CallDetailsRow>().Metadata.GetIndexes().Concat(modelBuilder.Entity<KillSwitchChangeRow>().Metadata.GetIndexes()))
        {
            index.SetDatabaseName($"jarvis_{index.Name}");
        }
    }
}
