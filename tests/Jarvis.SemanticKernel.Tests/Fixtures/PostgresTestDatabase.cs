using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Jarvis.SemanticKernel.Tests.Fixtures;

internal sealed class PostgresTestDatabase(PostgresDatabase database) : TestDatabase
{
    public override string Setting => database.ConnectionString;

    public override string Corrections => "jarvis.corrections";

    public override string Details => "jarvis.call_details";

    protected override string CostText => "cost_usd_exact::text";

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The result owns it.")]
    public static async Task<TestDatabase> CreateAsync(PostgresServer server) => new PostgresTestDatabase(await server.CreateDatabaseAsync());

    public override ValueTask DisposeAsync() => database.DisposeAsync();

    protected override DbConnection Connect() => new NpgsqlConnection($"{Setting};Pooling=false");
}
