using Jarvis.SemanticKernel.Costs;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Jarvis.SemanticKernel.Storage;
using Jarvis.SemanticKernel.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Testing;

namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

internal sealed class SqliteStorage : StorageUnderTest
{
    private readonly string _path;
    private readonly bool _ownsFile;
    private readonly SqliteConnections _connections;

    public SqliteStorage(string? path = null, bool autoMigrate = true)
    {
        _ownsFile = path is null;
        _path = path ?? Path.Combine(Path.GetTempPath(), $"jarvis-test-{Guid.NewGuid():N}", "jarvis.db");
        DatabaseTarget target = new(DatabaseKind.Sqlite, SqliteFile.ConnectionString(_path), "test", autoMigrate);
        _connections = new SqliteConnections(target);
        Database = new SqliteJarvisDatabase(target, _connections);
        Calls = new SqliteAiCallStore(_connections, Database, new FakeLogger<SqliteAiCallStore>(Logs));
        Switch = new SqliteKillSwitchStore(_connections, Database);
        Release = new SqliteKillSwitchReleaseStore(_connections, Database);
        Costs = new SqliteCostStore(_connections, Database);
        Books = new SqliteBookStore(_connections, Database);
        Balances = new SqliteBalanceStore(_connections, Database);
        Corrections = new SqliteCallCorrection(_connections, Database, new FakeLogger<SqliteCallCorrection>(Logs));
        Unresolved = new SqliteUnresolvedCallStore(_connections, Database);
        Processes = new SqliteProcessStore(_connections);
    }

    public string FilePath => _path;

    public SqliteConnections Connections => _connections;

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

    public override string Setting => _path;

    public override string Details => "jarvis_call_details";

    public override string CorrectionsTable => "jarvis_corrections";

    public override string CostText => "coalesce(cost_usd_text, CASE WHEN cost_usd_exact IS NULL THEN NULL ELSE cost_usd_exact || 'e-12' END)";

    public override string View => "jarvis_calls";

    public override string Ours(string table) => $"jarvis_{table}";

    public override StorageUnderTest OpenAgain() => new SqliteStorage(_path);

    public override async Task<object?> ScalarAsync(string sql)
    {
        await using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? value : null;
    }

    public override async Task RefuseBilledTokensAsync(int prompt)
    {
        await Database.EnsureReadyAsync();
        await ScalarAsync($"CREATE TRIGGER refuse BEFORE INSERT ON ai_calls WHEN NEW.prompt_tokens = {prompt} BEGIN SELECT RAISE(ABORT, 'refused'); END");
    }

    protected override ValueTask DisposeCoreAsync()
    {
        _connections.Dispose();
        if (_ownsFile && Directory.Exists(Path.GetDirectoryName(_path)))
        {
            Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
        }

        return ValueTask.CompletedTask;
    }
}
