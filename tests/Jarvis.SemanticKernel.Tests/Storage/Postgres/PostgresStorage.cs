using Jarvis.SemanticKernel.Costs;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Jarvis.SemanticKernel.Storage;
using Jarvis.SemanticKernel.Storage.Postgres;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

internal sealed class PostgresStorage : StorageUnderTest
{
    private readonly PostgresDatabase _outside;
    private readonly bool _ownsDatabase;

    public PostgresStorage(PostgresDatabase outside, bool ownsDatabase = true, bool autoMigrate = true, string? connectionString = null, TimeSpan? storeTimeout = null)
    {
        _outside = outside;
        _ownsDatabase = ownsDatabase;
        DatabaseTarget target = new(DatabaseKind.Postgres, connectionString ?? outside.ConnectionString, "test", autoMigrate);
        Connections = new PostgresConnections(target, listenTarget: null, storeTimeout ?? new LedgerOptions().StoreTimeout, TimeSpan.FromSeconds(20));
        Database = new PostgresJarvisDatabase(target, Connections);
        Calls = new PostgresAiCallStore(Connections, Database, Clock, new FakeLogger<PostgresAiCallStore>(Logs));
        Switch = new PostgresKillSwitchStore(Connections, Database);
        Release = new PostgresKillSwitchReleaseStore(Connections, Database);
        Costs = new PostgresCostStore(Connections, Database);
        Books = new PostgresBookStore(Connections, Database);
        Balances = new PostgresBalanceStore(Connections, Database);
        Corrections = new PostgresCallCorrection(Connections, Database, new FakeLogger<PostgresCallCorrection>(Logs));
        Unresolved = new PostgresUnresolvedCallStore(Connections, Database);
        Processes = new PostgresProcessStore(Connections);
    }

    public PostgresConnections Connections { get; }

    public FakeTimeProvider Clock { get; } = new();

    public PostgresDatabase Outside => _outside;

    public override IJarvisDatabase Database { get; }

    internal override IAiCallStore Calls { get; }

    internal override IKillSwitchStore Switch { get; }

    internal override IKillSwitchReleaseStore Release { get; }

    internal override ICostStore Costs { get; }

    internal override IBookStore Books { get; }

    internal override IBalanceStore Balances { get; }

    internal override ICallCorrectionStore Corrections { get; }

    internal override IUnresolvedCallStore Unresolved { get; }

    internal override IProcessStore Processes { get; }

    public override string Setting => _outside.ConnectionString;

    public override string Details => "jarvis.call_details";

    public override string CorrectionsTable => "jarvis.corrections";

    public override string CostText => "cost_usd_exact::text";

    public override string View => "jarvis.calls";

    public override string Ours(string table) => $"jarvis.{table}";

    public override StorageUnderTest OpenAgain() => new PostgresStorage(_outside, ownsDatabase: false);

    public override Task<object?> ScalarAsync(string sql) => _outside.ScalarAsync(sql);

    public override async Task RefuseBilledTokensAsync(int prompt)
    {
        await Database.EnsureReadyAsync();
        await _outside.ExecuteAsync($"ALTER TABLE ai_calls ADD CHECK (prompt_tokens <> {prompt})");
    }

    protected override async ValueTask DisposeCoreAsync()
    {
        await ((IAsyncDisposable)Calls).DisposeAsync();
        await Connections.DisposeAsync();
        if (_ownsDatabase)
        {
            await _outside.DisposeAsync();
        }
    }
}
