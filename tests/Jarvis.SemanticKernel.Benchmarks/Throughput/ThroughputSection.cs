using System.Text;
using Jarvis.SemanticKernel.Benchmarks.Measuring;
using Jarvis.SemanticKernel.Benchmarks.Report;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Benchmarks.Throughput;

/// <summary>What governed calls cost with everything on, against Semantic Kernel alone and against other ways to have a durable record of each call.</summary>
internal sealed class ThroughputSection : ISection
{
    private static readonly TimeSpan Thinks = TimeSpan.FromMilliseconds(20);

    private static readonly (Workload Workload, int Callers, bool Thinks)[] Cases =
    [
        (Workload.Short, 1, false),
        (Workload.Short, 16, false),
        (Workload.Short, 64, false),
        (Workload.Short, 256, false),
        (Workload.Agent, 64, false),
        (Workload.AgentStreamed, 64, false),
        (Workload.LetterStreamed, 64, false),
        (Workload.Short, 64, true),
        (Workload.AgentStreamed, 64, true),
    ];

    public string Name => "throughput";

    public async Task<string> MeasureAsync(int rounds)
    {
        Databases databases = await Databases.StartAsync().ConfigureAwait(false);
        await using (databases.ConfigureAwait(false))
        {
            StringBuilder text = new($"{databases.Description}. SQLite: WAL, synchronous FULL.\n\n");
            using UpstreamProcess prompt = await UpstreamProcess.StartAsync(TimeSpan.Zero).ConfigureAwait(false);
            using UpstreamProcess thoughtful = await UpstreamProcess.StartAsync(Thinks).ConfigureAwait(false);
            foreach ((Workload workload, int callers, bool thinks) in Cases)
            {
                string title = $"{workload.Name}, {callers} at a time{(thinks ? FormattableString.Invariant($", an upstream that takes {Thinks.TotalMilliseconds} ms") : "")}, {rounds} slices each";
                text.Append(await MeasureAsync(databases, thinks ? thoughtful : prompt, workload, callers, title, rounds).ConfigureAwait(false)).Append('\n');
            }

            return text.ToString();
        }
    }

    private static async Task<string> MeasureAsync(Databases databases, UpstreamProcess upstream, Workload workload, int callers, string title, int rounds)
    {
        using var plain = new PlainSemanticKernel(upstream.Endpoint);
        ServiceProvider[] containers =
        [
            Governed.On(databases.PostgresSetting, upstream.Endpoint),
            Governed.On(databases.SqlitePath, upstream.Endpoint),
            Governed.On(databases.PostgresSetting, upstream.Endpoint, new AwaitedInsertLedger(databases.Postgres)),
            Governed.On(databases.PostgresSetting, upstream.Endpoint, new SaveChangesLedger(databases.Postgres)),
            Governed.Without(upstream.Endpoint),
        ];
        try
        {
            await containers[0].GetRequiredService<IJarvisDatabase>().EnsureReadyAsync().ConfigureAwait(false);
            await databases.ClearPostgresAsync().ConfigureAwait(false);
            Contender[] contenders =
            [
                Calling("Semantic Kernel alone", plain.Chat),
                Calling("Semantic Kernel alone, again", plain.Chat),
                Calling("this package on PostgreSQL", Tiered(containers[0])),
                Calling("this package on SQLite", Tiered(containers[1])),
                Calling("one awaited INSERT per call", Tiered(containers[2])),
                Calling("EF Core SaveChanges per call", Tiered(containers[3])),
                Calling("this package without a database", Tiered(containers[4])),
                .. callers == 1 ? await BareCommitsAsync(databases).ConfigureAwait(false) : [],
            ];
            Comparison comparison = await new Comparison(new OtherProcesses(databases.ServerProcess, upstream.Id), contenders).RunAsync(rounds).ConfigureAwait(false);
            return $"{Describe(comparison, title)}{(callers == 1 ? DescribeLoneCaller(contenders) : string.Empty)}";
        }
        finally
        {
            foreach (ServiceProvider container in containers)
            {
                await container.DisposeAsync().ConfigureAwait(false);
            }
        }

        Contender Calling(string name, IChatCompletionService chat) => new(name, callers, () => workload.CallAsync(chat));
    }

    private static IChatCompletionService Tiered(ServiceProvider container) => container.GetRequiredKeyedService<IChatCompletionService>(Tier.Mid);

    private static async Task<Contender[]> BareCommitsAsync(Databases databases) =>
    [
        new("a bare durable commit, PostgreSQL", 1, await BareCommit.OnPostgresAsync(databases.Postgres).ConfigureAwait(false)),
        new("a bare durable commit, SQLite", 1, BareCommit.OnSqlite(databases.SqlitePath + ".bare")),
    ];

    private static Table Describe(Comparison comparison, string title)
    {
        var table = new Table(
            title, "calls/s", "median ms", "99th % ms", "CPU µs a call: program + database + upstream", "bytes a call", "calls/s against the first: min, median, max");
        foreach (Contender contender in comparison.Contenders)
        {
            Spread ratio = Comparison.Pairs(contender, comparison.Contenders[0], (a, b) => a.CallsPerSecond / b.CallsPerSecond);
            table.Add(
                contender.Name,
                $"{contender.Median(s => s.CallsPerSecond):0}",
                $"{contender.LatencyMilliseconds(0.5):0.000}",
                $"{contender.LatencyMilliseconds(0.99):0.00}",
                $"{contender.Median(s => s.CpuMicroseconds):0.0} + {contender.Median(s => s.DatabaseMicroseconds):0.0} + {contender.Median(s => s.UpstreamMicroseconds):0.0}",
                $"{contender.Median(s => s.AllocatedBytes):0}",
                $"{ratio.Min:0.00}, {ratio.Median:0.000}, {ratio.Max:0.00}");
        }

        return table;
    }

    // Of the slices of one round: the median call with the package, less the median call without it, less the median commit.
    private static string DescribeLoneCaller(Contender[] contenders)
    {
        Spread postgres = Beyond(contenders[2], contenders[7]);
        Spread sqlite = Beyond(contenders[3], contenders[8]);
        return FormattableString.Invariant(
            $"\nBeyond Semantic Kernel's own time and one bare durable commit, a lone caller waits {postgres.Median:0.000} ms longer on PostgreSQL (pairs: {postgres.Min:0.000} to {postgres.Max:0.000}) and {sqlite.Median:0.000} ms on SQLite ({sqlite.Min:0.000} to {sqlite.Max:0.000}).\n");

        Spread Beyond(Contender governed, Contender commit) => Spread.Of(governed.Slices.Select((slice, i) =>
            slice.MedianMilliseconds - contenders[0].Slices[i].MedianMilliseconds - commit.Slices[i].MedianMilliseconds));
    }
}
