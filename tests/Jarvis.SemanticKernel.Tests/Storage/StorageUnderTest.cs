using System.Globalization;
using Jarvis.SemanticKernel.Costs;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Ledger.Reconciliation;
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

    internal abstract IBookStore Books { get; }

    internal abstract IBalanceStore Balances { get; }

    internal abstract ICallCorrectionStore Corrections { get; }

    internal abstract IUnresolvedCallStore Unresolved { get; }

    internal abstract IProcessStore Processes { get; }

    /// <summary>What a process is told to find the database by.</summary>
    public abstract string Setting { get; }

    /// <summary>The table jarvis.call_details, by its name in this engine.</summary>
    public abstract string Details { get; }

    /// <summary>The table jarvis.corrections, by its name in this engine.</summary>
    public abstract string CorrectionsTable { get; }

    /// <summary>The exact cost of a row of the details as a text.</summary>
    public abstract string CostText { get; }

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

    public Task<SpendReport> ReportAsync(SpendQuery query) => new CostReport(Costs, Books, Balances, TimeProvider.System).GetSpendAsync(query, TestContext.Current.CancellationToken);

    public Task<ProfitAndLossReport> ProfitAsync(ProfitAndLossQuery query) =>
        new CostReport(Costs, Books, Balances, TimeProvider.System).GetProfitAndLossAsync(query, TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<SpendLine>> SpendAsync(DateTimeOffset from, DateTimeOffset to, params SpendGrouping[] by) =>
        (await ReportAsync(new SpendQuery { From = from, To = to, GroupBy = by })).Lines;

    /// <summary>Adds a row of ai_calls as another program would, with money in the units of the engine's table.</summary>
    public async Task AddForeignRowAsync(DateTimeOffset createdAt, decimal costUsd, string tier = "foreign", int? goal = 7)
    {
        await Database.EnsureReadyAsync(TestContext.Current.CancellationToken);
        costUsd = decimal.Round(costUsd, 8);
        string units = View == "jarvis.calls" ? costUsd.ToString(CultureInfo.InvariantCulture) : (costUsd * 100_000_000m).ToString("0", CultureInfo.InvariantCulture);
        await ScalarAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"INSERT INTO ai_calls (model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at) VALUES ('foreign/model', '{tier}', 3, 4, {units}, {goal?.ToString(CultureInfo.InvariantCulture) ?? "NULL"}, '{createdAt.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}')"));
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeCoreAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract ValueTask DisposeCoreAsync();
}
