using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Jarvis.SemanticKernel.Storage.Schema;

/// <summary>
/// The tables of both engines. Used to create and migrate them; the hot paths speak SQL, because a tracked insert costs three times as much as the commit it belongs to.
/// </summary>
internal abstract class SchemaContext(DbContextOptions options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AgentStateRow>(table =>
        {
            table.ToTable("agent_state");
            table.Property(row => row.Key).HasMaxLength(256);
            table.HasIndex(row => row.Key, "agent_state_key_unique").IsUnique();
        });
        modelBuilder.Entity<AiCallRow>(table =>
        {
            table.ToTable("ai_calls");
            table.Property(row => row.Model).HasMaxLength(128);
            table.Property(row => row.Tier).HasMaxLength(32);
            table.Property(row => row.CostUsd).HasPrecision(12, 8);
        });
        modelBuilder.Entity<OperatingCostRow>(table =>
        {
            table.ToTable("operating_costs");
            table.Property(row => row.AmountUsd).HasPrecision(12, 8);
        });
        modelBuilder.Entity<RevenueRow>(table =>
        {
            table.ToTable("revenue");
            table.Property(row => row.AmountUsd).HasPrecision(12, 8);
        });
        modelBuilder.Entity<KillSwitchAuditRow>(table => table.ToTable("kill_switch_audit"));
        modelBuilder.Entity<ProcessRow>(table =>
        {
            table.HasKey(row => row.ProcessId);
            table.Property(row => row.ProcessId).ValueGeneratedNever();
        });
        modelBuilder.Entity<KillSwitchVersionRow>().Property(row => row.Id).ValueGeneratedNever();
        modelBuilder.Entity<KillSwitchChangeRow>(table =>
        {
            table.HasKey(row => row.AuditId);
            table.Property(row => row.AuditId).ValueGeneratedNever();
            table.HasIndex(row => new { row.Key, row.AuditId }, "kill_switch_changes_key");
        });
        modelBuilder.Entity<KillSwitchActivationRow>().HasKey(row => row.Key);
        modelBuilder.Entity<CallDetailsRow>(table =>
        {
            table.HasKey(row => row.CallId);
            table.Property(row => row.CallId).ValueGeneratedNever();
            table.HasIndex(row => row.AiCallId, "call_details_ai_call_id").IsUnique();
            table.HasIndex(row => row.StartedAt, "call_details_started_at");
            table.HasIndex(row => row.RunId, "call_details_run_id").HasFilter("run_id IS NOT NULL");
            table.HasIndex(row => new { row.GoalId, row.StartedAt }, "call_details_goal_id").HasFilter("goal_id IS NOT NULL");
        });
    }

    protected static void NameInSnakeCase(ModelBuilder modelBuilder)
    {
        foreach (IMutableEntityType table in modelBuilder.Model.GetEntityTypes())
        {
            table.FindPrimaryKey()!.SetName($"{table.GetTableName()}_pkey");
            foreach (IMutableProperty column in table.GetProperties())
            {
                column.SetColumnName(SnakeCase(column.Name));
            }
        }
    }

    private static string SnakeCase(string name)
    {
        StringBuilder text = new(name.Length + 4);
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
