using System.Globalization;
using Jarvis.SemanticKernel.Benchmarks.Report;
using Jarvis.SemanticKernel.Benchmarks.Throughput;

namespace Jarvis.SemanticKernel.Benchmarks.Costs;

/// <summary>What the kept sums cost those who write, and what they are worth to those who read: ten million calls, unless JARVIS_BENCHMARK_ROWS says another number.</summary>
internal sealed class CostsSection : ISection
{
    private const int Rows = 10_000_000;

    public string Name => "costs";

    public async Task<string> MeasureAsync(int rounds)
    {
        int rows = int.TryParse(Environment.GetEnvironmentVariable("JARVIS_BENCHMARK_ROWS"), CultureInfo.InvariantCulture, out int wanted) && wanted > 0 ? wanted : Rows;
        Databases databases = await Databases.StartAsync().ConfigureAwait(false);
        await using (databases.ConfigureAwait(false))
        {
            string writing = await SumsForWriters.MeasureAsync(databases, rounds).ConfigureAwait(false);
            await Console.Error.WriteLineAsync(writing).ConfigureAwait(false);
            return writing + "\n" + await SumsForReaders.MeasureAsync(databases, rows).ConfigureAwait(false);
        }
    }
}
