using System.Globalization;
using Jarvis.SemanticKernel.Costs;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Ledger;
using Microsoft.Extensions.Logging.Testing;

namespace Jarvis.SemanticKernel.Tests.Storage;

/// <summary>All stores of one engine on one database, and a look at the database from outside.</summary>
public abstract class StorageUnderTest : IAsyncDisposable
{
    protected FakeLogCollector Logs { get; } = new();

    public IReadOnlyList<FakeLogRecord> Warnings => Logs.GetSnapshot();

    public abstract IJarvisDatabase Database { get; }

    internal abstract IAiCallStore Calls { get; }

    internal abstract IKillSwitchStore Switch { get; }

    internal abstract IKillSwitchReleaseStore Release { get; }

    internal abstract ICostStore Costs { get; }

    internal abstract IProcessStore Processes { get; }

    /// <summary>The table jarvis.call_details, by its name in this engine.</summary>
    public abstract string Details { get; }

    /// <summary>The view jarvis.calls, by its name in this engine.</summary>
    public abstract string View { get; }

    /// <summary>A table of ours, by its name in this engine.</summary>
    public abstract string Ours(string table);

    /// <summary>Opens the same database as another process would.</summary>
    public abstract StorageUnderTest OpenAgain();

    public abstract Task<object?> ScalarAsync(string sql);

    /// <summary>Makes the database refuse a row of ai_calls with this many prompt tokens.</summary>
    public abstract Task RefuseBilledTokensAsync(int prompt);

    public async Task<long> CountAsync(string fromWhere) => Convert.ToInt64(await ScalarAsync($"SELECT count(*) FROM {fromWhere}"), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await DisposeCoreAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract ValueTask DisposeCoreAsync();
}
