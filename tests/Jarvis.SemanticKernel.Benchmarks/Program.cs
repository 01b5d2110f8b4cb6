using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Jarvis.SemanticKernel.Benchmarks.Chain;
using Jarvis.SemanticKernel.Benchmarks.Journal;
using Jarvis.SemanticKernel.Benchmarks.KillSwitch;

namespace Jarvis.SemanticKernel.Benchmarks;

/// <summary>Measures what <c>docs/benchmarks.md</c> states.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        switch (args.FirstOrDefault())
        {
            case "kill-switch":
                // In this process: the machine is small, and a build of its own for every benchmark would take longer than the benchmark.
                BenchmarkRunner.Run<KillSwitchCheckBenchmarks>(
                    DefaultConfig.Instance.AddJob(Job.MediumRun.WithToolchain(InProcessEmitToolchain.Instance)));
                return 0;
            case "journal":
                BenchmarkRunner.Run<CallIntentBenchmarks>(
                    DefaultConfig.Instance.AddJob(Job.MediumRun.WithToolchain(InProcessEmitToolchain.Instance)));
                return 0;
            case "chain":
                await ChainComparison.RunAsync(rounds: args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 60).ConfigureAwait(false);
                return 0;
            case "upstream":
                await UpstreamProcess.ServeAsync().ConfigureAwait(false);
                return 0;
            default:
                await Console.Error.WriteLineAsync("Say what to measure: kill-switch (the cost of a cached check), journal (the cost of noting a call) or chain [rounds] (CPU and allocation a call, compared with Semantic Kernel alone).").ConfigureAwait(false);
                return 2;
        }
    }
}
