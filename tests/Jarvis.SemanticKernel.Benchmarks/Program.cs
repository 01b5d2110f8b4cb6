using System.Globalization;
using Jarvis.SemanticKernel.Benchmarks.Chain;
using Jarvis.SemanticKernel.Benchmarks.Costs;
using Jarvis.SemanticKernel.Benchmarks.Journal;
using Jarvis.SemanticKernel.Benchmarks.KillSwitch;
using Jarvis.SemanticKernel.Benchmarks.Measuring;
using Jarvis.SemanticKernel.Benchmarks.Report;
using Jarvis.SemanticKernel.Benchmarks.Throughput;

namespace Jarvis.SemanticKernel.Benchmarks;

/// <summary>Measures what <c>docs/benchmarks.md</c> states, and writes it.</summary>
internal static class Program
{
    private const int Rounds = 60;
    private const string Usage =
        """
        Say what to measure, and how many slices of each contender count (60):
          docs [slices]        all of it; writes docs/benchmarks.md
          throughput [slices]  calls with everything on, against Semantic Kernel alone and other ways to record them
          ledger [slices]      only the ledger, against commits of one record each
          costs [slices]       the sums that triggers keep: what they cost writers, and reports over ten million calls
          chain [slices]       calls without a database, against Semantic Kernel alone
          kill-switch          a cached check of the switch
          journal              noting a call before it leaves, and forgetting it
        """;

    private static readonly ISection[] Sections =
    [
        new ThroughputSection(),
        new LedgerSection(),
        new CostsSection(),
        new ChainSection(),
        new MicroSection<KillSwitchCheckBenchmarks>("kill-switch", "`ThrowIfActiveAsync`, cached"),
        new MicroSection<CallIntentBenchmarks>("journal", "noted, id, cleared"),
    ];

    public static async Task<int> Main(string[] args)
    {
        if (args is ["upstream", var thinks])
        {
            await UpstreamProcess.ServeAsync(TimeSpan.FromMilliseconds(double.Parse(thinks, CultureInfo.InvariantCulture))).ConfigureAwait(false);
            return 0;
        }

        int rounds = Rounds;
        bool isUnderstood = args.Length is 1 or 2 && (args.Length == 1 || (int.TryParse(args[1], CultureInfo.InvariantCulture, out rounds) && rounds > 0));
        if (isUnderstood && args[0] == "docs")
        {
            await Document.WriteAsync(Sections, rounds).ConfigureAwait(false);
            return 0;
        }

        if (isUnderstood && Array.Find(Sections, section => section.Name == args[0]) is { } wanted)
        {
            string result = await wanted.MeasureAsync(rounds).ConfigureAwait(false);
            Console.WriteLine($"{Machine.Describe()}\n\n{result}");
            return 0;
        }

        await Console.Error.WriteLineAsync(Usage).ConfigureAwait(false);
        return 2;
    }
}
