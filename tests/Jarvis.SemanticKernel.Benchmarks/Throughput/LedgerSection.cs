using System.Text;
using Jarvis.SemanticKernel.Benchmarks.Measuring;
using Jarvis.SemanticKernel.Benchmarks.Report;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Storage.Postgres;
using Jarvis.SemanticKernel.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Benchmarks.Throughput;

/// <summary>Only the ledger: full records, so rows in both tables, from many waiting callers, against commits of one record each at the concurrency that suits them best.</summary>
internal sealed class LedgerSection : ISection
{
    private const int Waiting = 256;

    private static readonly int[] SingleCallers = [1, 4, 16, 32, 64, 128];

    public string Name => "ledger";

    public async Task<string> MeasureAsync(int rounds)
    {
        Databases databases = await Databases.StartAsync().ConfigureAwait(false);
        await using (databases.ConfigureAwait(false))
        {
            StringBuilder text = new();
            text.Append(await OnPostgresAsync(databases, rounds).ConfigureAwait(false)).Append('\n');
            text.Append(await OnSqliteAsync(databases, rounds).ConfigureAwait(false));
            return text.ToString();
        }
    }

    private static async Task<string> OnPostgresAsync(Databases databases, int rounds)
    {
        (PostgresConnections connections, PostgresJarvisDatabase database) = await databases.OpenPostgresAsync().ConfigureAwait(false);
        await using (connections.ConfigureAwait(false))
        {
            var store = new PostgresAiCallStore(connections, database, TimeProvider.System, NullLogger<PostgresAiCallStore>.Instance);
            await using (store.ConfigureAwait(false))
            {
                await databases.ClearPostgresAsync().ConfigureAwait(false);
                GroupCommitLedger ledger = Ledger(store);
                await using (ledger.ConfigureAwait(false))
                {
                    var single = new AwaitedInsertLedger(databases.Postgres);
                    return await CompareAsync("PostgreSQL", databases, ledger, single.AppendAsync, rounds).ConfigureAwait(false);
                }
            }
        }
    }

    private static async Task<string> OnSqliteAsync(Databases databases, int rounds)
    {
        (SqliteConnections connections, SqliteJarvisDatabase database) = await databases.OpenSqliteAsync("ledger.db").ConfigureAwait(false);
        using (connections)
        {
            var store = new SqliteAiCallStore(connections, database, NullLogger<SqliteAiCallStore>.Instance);
            GroupCommitLedger ledger = Ledger(store);
            await using (ledger.ConfigureAwait(false))
            {
                return await CompareAsync("SQLite", databases, ledger, record => store.AppendAsync([record], CancellationToken.None).AsTask(), rounds).ConfigureAwait(false);
            }
        }
    }

    private static GroupCommitLedger Ledger(IAiCallStore store) =>
        new(store, Options.Create(new JarvisRoutingOptions()), TimeProvider.System, NullLogger<GroupCommitLedger>.Instance);

    private static async Task<string> CompareAsync(string engine, Databases databases, GroupCommitLedger ledger, Func<AiCallRecord, Task> appendAloneAsync, int rounds)
    {
        Contender[] contenders =
        [
            new($"group commit, {Waiting} callers", Waiting, () => ledger.AppendAsync(SampleRecord.New())),
            new($"group commit, {Waiting} callers, again", Waiting, () => ledger.AppendAsync(SampleRecord.New())),
            .. SingleCallers.Select(callers => new Contender($"single-row commits, {callers} at a time", callers, () => appendAloneAsync(SampleRecord.New()))),
        ];
        await new Comparison(new OtherProcesses(databases.ServerProcess, upstream: null), contenders).RunAsync(rounds).ConfigureAwait(false);
        Contender best = contenders.Skip(2).MaxBy(contender => contender.Median(s => s.CallsPerSecond))!;
        var table = new Table(
            $"{engine}, {rounds} slices each", "records/s", "median ms", "99th % ms", "CPU µs a record: program + database", "bytes a record",
            $"records/s against {best.Name}: min, median, max");
        foreach (Contender contender in contenders)
        {
            Spread ratio = Comparison.Pairs(contender, best, (a, b) => a.CallsPerSecond / b.CallsPerSecond);
            table.Add(
                contender.Name,
                $"{contender.Median(s => s.CallsPerSecond):0}",
                $"{contender.LatencyMilliseconds(0.5):0.00}",
                $"{contender.LatencyMilliseconds(0.99):0.00}",
                $"{contender.Median(s => s.CpuMicroseconds):0.0} + {contender.Median(s => s.DatabaseMicroseconds):0.0}",
                $"{contender.Median(s => s.AllocatedBytes):0}",
                $"{ratio.Min:0.00}, {ratio.Median:0.00}, {ratio.Max:0.00}");
        }

        return table.ToString();
    }
}
