using Jarvis.SemanticKernel.Storage;
using Jarvis.SemanticKernel.Storage.Postgres;
using Npgsql;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

public class PostgresConnectionsTests
{
    /// <summary>The driver's own limit must not end a read that the setting still allows, and one that hangs must not keep its connection for long after it.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(500, 1)]
    [InlineData(1_001, 2)]
    [InlineData(30_000, 30)]
    public async Task Guard_WaitsAsLongAsAReadMayTake_InWholeSeconds(int milliseconds, int seconds)
    {
        await using PostgresConnections connections = new(
            new DatabaseTarget(DatabaseKind.Postgres, "Host=nowhere", "test", AutoMigrate: false), listenTarget: null, TimeSpan.FromSeconds(7), TimeSpan.FromMilliseconds(milliseconds));
        NpgsqlConnectionStringBuilder guard = new(connections.Guard.ConnectionString);
        NpgsqlConnectionStringBuilder ledger = new(connections.Ledger.ConnectionString);

        Assert.Equal((seconds, seconds), (guard.Timeout, guard.CommandTimeout));
        Assert.Equal((7, 7), (ledger.Timeout, ledger.CommandTimeout));
    }
}
