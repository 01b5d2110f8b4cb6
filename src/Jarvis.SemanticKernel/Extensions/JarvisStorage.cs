using System.Security.Cryptography;
using System.Text;
using Jarvis.SemanticKernel.Costs;
using Jarvis.SemanticKernel.Diagnostics;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Jarvis.SemanticKernel.Storage;
using Jarvis.SemanticKernel.Storage.Postgres;
using Jarvis.SemanticKernel.Storage.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Extensions;

/// <summary>The stores of the configured database. The one place that chooses between the engines.</summary>
internal sealed class JarvisStorage : IDisposable
{
    public const string ListenSetting = "KillSwitch:ListenConnection";

    private const int LongestReadableName = 40;
    private const int HashLength = 16;

    private readonly PostgresConnections? _postgres;
    private readonly SqliteConnections? _sqlite;

    public JarvisStorage(IOptions<JarvisRoutingOptions> options, EnvironmentVariables environment)
    {
        DatabaseTarget target = FindTarget(options.Value, environment);
        if (target.Kind == DatabaseKind.Postgres)
        {
            DatabaseTarget listen = FindListenTarget(options.Value) ?? target;
            (Identity, ListenIdentity) = (PostgresConnections.Identify(target), PostgresConnections.Identify(listen));
            JournalFolder = (Path.Combine(PrivateFolder.Default(), "journal"), FolderName(PostgresConnections.DatabaseOf(target), Identity));
            _postgres = new PostgresConnections(target, listen, options.Value.Ledger.StoreTimeout, options.Value.KillSwitch.ReadTimeout);
            Database = new PostgresJarvisDatabase(target, _postgres);
        }
        else
        {
            _sqlite = new SqliteConnections(target);
            (Identity, ListenIdentity) = (_sqlite.Path, "");

            // Who may write the file may write beside it: one more folder to name, or to forget on a volume, is one too many.
            JournalFolder = ($"{_sqlite.Path}.journal", FolderName(Path.GetFileName(_sqlite.Path), Identity));
            Database = new SqliteJarvisDatabase(target, _sqlite);
        }
    }

    public IJarvisDatabase Database { get; }

    /// <summary>Gets what tells this database from others, without a password.</summary>
    public string Identity { get; }

    /// <summary>Gets what tells the server on which changes are heard from others, without a password.</summary>
    public string ListenIdentity { get; }

    /// <summary>Gets where journals lie unless the options say where, and the name of this database's own folder there.</summary>
    public (string Default, string Name) JournalFolder { get; }

    public IAiCallStore CreateAiCallStore(TimeProvider time, ILoggerFactory loggers) => _postgres is not null
        ? new PostgresAiCallStore(_postgres, Database, time, loggers.CreateLogger<PostgresAiCallStore>())
        : new SqliteAiCallStore(_sqlite!, Database, loggers.CreateLogger<SqliteAiCallStore>());

    public ICallCorrectionStore CreateCallCorrectionStore(ILoggerFactory loggers) => _postgres is not null
        ? new PostgresCallCorrection(_postgres, Database, loggers.CreateLogger<PostgresCallCorrection>())
        : new SqliteCallCorrection(_sqlite!, Database, loggers.CreateLogger<SqliteCallCorrection>());

    public IUnresolvedCallStore CreateUnresolvedCallStore() =>
        _postgres is not null ? new PostgresUnresolvedCallStore(_postgres, Database) : new SqliteUnresolvedCallStore(_sqlite!, Database);

    public IKillSwitchStore CreateKillSwitchStore() =>
        _postgres is not null ? new PostgresKillSwitchStore(_postgres, Database) : new SqliteKillSwitchStore(_sqlite!, Database);

    public IKillSwitchReleaseStore CreateKillSwitchReleaseStore() =>
        _postgres is not null ? new PostgresKillSwitchReleaseStore(_postgres, Database) : new SqliteKillSwitchReleaseStore(_sqlite!, Database);

    public IKillSwitchChanges CreateKillSwitchChanges(TimeProvider time) => _postgres is not null ? new PostgresKillSwitchChanges(_postgres, time) : new SqliteKillSwitchChanges();

    public IProcessStore CreateProcessStore() => _postgres is not null ? new PostgresProcessStore(_postgres) : new SqliteProcessStore(_sqlite!);

    public ICostStore CreateCostStore() => _postgres is not null ? new PostgresCostStore(_postgres, Database) : new SqliteCostStore(_sqlite!, Database);

    public IBookStore CreateBookStore() => _postgres is not null ? new PostgresBookStore(_postgres, Database) : new SqliteBookStore(_sqlite!, Database);

    public IBalanceStore CreateBalanceStore() => _postgres is not null ? new PostgresBalanceStore(_postgres, Database) : new SqliteBalanceStore(_sqlite!, Database);

    public void Dispose()
    {
        _postgres?.Dispose();
        _sqlite?.Dispose();
    }

    // For people the start of it, for exactness the end.
    private static string FolderName(string database, string identity)
    {
        string readable = string.Concat(database.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '_').Take(LongestReadableName));
        return $"{readable}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..HashLength]}";
    }

    private static DatabaseTarget? FindListenTarget(JarvisRoutingOptions options) => options.KillSwitch.ListenConnection is not { } listen ? null
        : DatabaseTargetParser.TryParse(listen, ListenSetting, autoMigrate: false, out DatabaseTarget? target, out string? fault) ? target
        : throw new JarvisDatabaseException(fault);

    private static DatabaseTarget FindTarget(JarvisRoutingOptions options, EnvironmentVariables environment) =>
        JarvisDatabaseSetting.TryFind(options, environment, out DatabaseTarget? target, out string? fault) ? target : throw new JarvisDatabaseException(fault);
}
