using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Storage.Schema;
using Microsoft.EntityFrameworkCore;

namespace Jarvis.SemanticKernel.Benchmarks.Throughput;

/// <summary>The two tables of a record in EF Core, with the relation that lets one SaveChanges write both.</summary>
[SuppressMessage("Performance", "CA1812:Avoid uninstantiated internal classes", Justification = "EF Core's factory makes them.")]
internal sealed class SaveChangesContext(DbContextOptions<SaveChangesContext> options) : SchemaContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<AiCallRow>().Property(row => row.CreatedAt).HasColumnType("timestamp");
        modelBuilder.Entity<CallDetailsRow>(table =>
        {
            table.ToTable("call_details", "jarvis");
            table.HasOne<AiCallRow>().WithOne().HasForeignKey<CallDetailsRow>(row => row.AiCallId);
        });
        NameInSnakeCase(modelBuilder);
    }
}
