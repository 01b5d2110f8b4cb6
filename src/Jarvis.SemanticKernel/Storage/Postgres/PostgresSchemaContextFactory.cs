using Microsoft.EntityFrameworkCore.Design;

namespace Jarvis.SemanticKernel.Storage.Postgres;

#pragma warning disable CA1812 // dotnet-ef creates it by reflection, to compare the model with the migrations.
internal sealed class PostgresSchemaContextFactory : IDesignTimeDbContextFactory<PostgresSchemaContext>
#pragma warning restore CA1812
{
    public PostgresSchemaContext CreateDbContext(string[] args) => PostgresSchemaContext.WithoutDatabase();
}
