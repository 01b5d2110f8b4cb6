using Jarvis.SemanticKernel.Costs;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Storage;
using Jarvis.SemanticKernel.Storage.Postgres;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Logging.Testing;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

internal sealed class PostgresStorage : StorageUnderTest
{
    private readonly PostgresDatabase _outside;
    private readonly bool _ownsDatabase;

    public PostgresStorage(PostgresDatabase outside, bool ownsDatabase = true, bool autoMigrate = true, string? connectionString = null)
    {
        _outside = outside;
        _ownsDatabase = ownsDatabase;
        DatabaseTarget target = new(DatabaseKind.Postgres, connectionString ?? outside.ConnectionString, "test", autoMigrate);
        Connections = new PostgresConnections(target);
        Database = new PostgresJarvisDatabase(target, Connections);
        Calls = new PostgresAiCallStore(Connections, Database, new FakeLogger<PostgresAiCallStore>(Logs));
        Switch = new PostgresKillSwitchStore(Connections, Database);
        Release = new PostgresKillSwitchReleaseStore(Connections, Database);
        Costs = new PostgresCostStore(Connections, Database);
    }

    public PostgresConnections Connections { get; }

    public PostgresDatabase Outside => _outside;

    public override IJarvisDatabase Database { get; }

    internal override IAiCallStore Calls { get; }

    internal override IKillSwitchStore Switch { get; }

    internal override IKillSwitchReleaseStore Release { get; }

    internal override ICostStore Costs { get; }

    public override string Details => "jarvis.call_details";

    public override string View => "jarvis.calls";

    public override string Ours(string table) => $"jarvis.{table}";

    public override StorageUnderTest OpenAgain() => new PostgresStorage(_outside, ownsDatabase: false);

    public override Task<object?> ScalarAsync(string sql) => _outside.ScalarAsync(sql);

    protected override async ValueTask DisposeCoreAsync()
    {
        await Connections.DisposeAsync();
        if (_ownsDatabase)
        {
            await _outside.DisposeAsync();
        }
    }
}
