using System.Diagnostics;
using Jarvis.SemanticKernel.Benchmarks.Measuring;
using Jarvis.SemanticKernel.Benchmarks.Report;
using Jarvis.SemanticKernel.Benchmarks.Throughput;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Storage.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Jarvis.SemanticKernel.Benchmarks.Costs;

/// <summary>Eight writers at once, the triggers switched on and off in turn: their stores with batches of a size, and their ledgers with callers that share commits.</summary>
internal static class SumsForWriters
{
    private const int Writers = 8;

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(400);
    private static readonly int[] Batches = [1, 8, 25, 100];
    private static readonly int[] Callers = [1, 8, 32];

    public static async Task<string> MeasureAsync(Databases databases, int rounds)
    {
        // A process has one store; eight of them have as many.
        List<PostgresConnections> connections = [];
        List<PostgresAiCallStore> stores = [];
        try
        {
            for (int writer = 0; writer < Writers; writer++)
            {
                (PostgresConnections own, PostgresJarvisDatabase database) = await databases.OpenPostgresAsync().ConfigureAwait(false);
                connections.Add(own);
                stores.Add(new PostgresAiCallStore(own, database, TimeProvider.System, NullLogger<PostgresAiCallStore>.Instance));
            }

            OtherProcesses server = new(databases.ServerProcess, upstream: null);
            Table table = new($"{Writers} writers, {rounds} slices each way", "records/s without sums", "with", "fewer records/s: min, median, max", "server CPU µs a record without", "with", "more CPU: median");
            await MeasureAsync(databases, "batches of 8, never with sums", () => WriteAsync(stores, server, 8), rounds, table, comparesWithSums: false).ConfigureAwait(false);
            foreach (int batch in Batches)
            {
                await MeasureAsync(databases, $"batches of {batch}", () => WriteAsync(stores, server, batch), rounds, table).ConfigureAwait(false);
            }

            GroupCommitLedger[] ledgers = [.. stores.Select(store => new GroupCommitLedger(
                store, Options.Create(new JarvisRoutingOptions()), TimeProvider.System, NullLogger<GroupCommitLedger>.Instance))];
            foreach (int callers in Callers)
            {
                await MeasureAsync(databases, $"{Writers} ledgers, {callers} callers each", () => WriteAsync(ledgers, server, callers), rounds, table).ConfigureAwait(false);
            }

            foreach (GroupCommitLedger ledger in ledgers)
            {
                await ledger.DisposeAsync().ConfigureAwait(false);
            }

            return table.ToString();
        }
        finally
        {
            foreach (PostgresAiCallStore store in stores)
            {
                await store.DisposeAsync().ConfigureAwait(false);
            }

            foreach (PostgresConnections own in connections)
            {
                await own.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task MeasureAsync(Databases databases, string name, Func<Task<(double Rate, double Cpu)>> writeAsync, int rounds, Table table, bool comparesWithSums = true)
    {
        await databases.ClearPostgresAsync().ConfigureAwait(false);
        List<(double Rate, double Cpu)> first = [];
        List<(double Rate, double Cpu)> second = [];
        for (int round = -2; round < rounds; round++)
        {
            foreach (bool isSecond in round % 2 == 0 ? new[] { false, true } : [true, false])
            {
                await SwitchAsync(databases.Postgres, sums: comparesWithSums && isSecond).ConfigureAwait(false);
                (double, double) slice = await writeAsync().ConfigureAwait(false);
                if (round >= 0)
                {
                    (isSecond ? second : first).Add(slice);
                }
            }
        }

        await SwitchAsync(databases.Postgres, sums: true).ConfigureAwait(false);
        double[] slower = [.. second.Zip(first, (a, b) => 1 - (a.Rate / b.Rate)).Order()];
        double[] dearer = [.. second.Zip(first, (a, b) => (a.Cpu / b.Cpu) - 1).Order()];
        table.Add(
            name,
            $"{Median(first.Select(slice => slice.Rate)):0}", $"{Median(second.Select(slice => slice.Rate)):0}",
            $"{slower[0]:0 %}, {slower[slower.Length / 2]:0 %}, {slower[^1]:0 %}",
            $"{Median(first.Select(slice => slice.Cpu)):0.0}", $"{Median(second.Select(slice => slice.Cpu)):0.0}", $"{dearer[dearer.Length / 2]:0 %}");
    }

    private static async Task SwitchAsync(NpgsqlDataSource source, bool sums)
    {
        string word = sums ? "ENABLE" : "DISABLE";
#pragma warning disable CA2100 // One of two constants.
        NpgsqlCommand command = source.CreateCommand($"ALTER TABLE ai_calls {word} TRIGGER USER; ALTER TABLE jarvis.call_details {word} TRIGGER USER");
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    private static Task<(double Rate, double Cpu)> WriteAsync(List<PostgresAiCallStore> stores, OtherProcesses server, int batch) =>
        WriteAsync(server, stores.Count, async writer =>
        {
            await stores[writer].AppendAsync([.. Enumerable.Range(0, batch).Select(_ => SampleRecord.New())], CancellationToken.None).ConfigureAwait(false);
            return batch;
        });

    private static Task<(double Rate, double Cpu)> WriteAsync(GroupCommitLedger[] ledgers, OtherProcesses server, int callers) =>
        WriteAsync(server, ledgers.Length * callers, async caller =>
        {
            await ledgers[caller % ledgers.Length].AppendAsync(SampleRecord.New()).ConfigureAwait(false);
            return 1;
        });

    private static async Task<(double Rate, double Cpu)> WriteAsync(OtherProcesses server, int callers, Func<int, Task<int>> writeAsync)
    {
        double cpu = server.CpuMicroseconds().Database;
        long start = Stopwatch.GetTimestamp();
        long[] written = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            long records = 0;
            while (Stopwatch.GetElapsedTime(start) < Slice)
            {
                records += await writeAsync(caller).ConfigureAwait(false);
            }

            return records;
        }))).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (written.Sum() / seconds, (server.CpuMicroseconds().Database - cpu) / written.Sum());
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
