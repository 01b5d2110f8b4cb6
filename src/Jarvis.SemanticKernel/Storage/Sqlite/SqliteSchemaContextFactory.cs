using Microsoft.EntityFrameworkCore.Design;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

#pragma warning disable CA1812 // dotnet-ef creates it by reflection, to compare the model with the migrations.
internal sealed class SqliteSchemaContextFactory : IDesignTimeDbContextFactory<SqliteSchemaContext>
#pragma warning restore CA1812
{
    public SqliteSchemaContext CreateDbContext(string[] args) => SqliteSchemaContext.WithoutDatabase();
}
