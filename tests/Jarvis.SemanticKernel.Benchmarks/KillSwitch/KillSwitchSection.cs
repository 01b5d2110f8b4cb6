using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Jarvis.SemanticKernel.Benchmarks.Report;

namespace Jarvis.SemanticKernel.Benchmarks.KillSwitch;

/// <summary>The cost of a check of the switch.</summary>
internal sealed class KillSwitchSection : ISection
{
    public string Name => "kill-switch";

    public Task<string> MeasureAsync(int rounds)
    {
        string artifacts = Path.Combine(Path.GetTempPath(), $"jarvis-benchmarks-{Guid.NewGuid():N}");

        // In this process: the machine is small, and a build of its own for every benchmark would take longer than the benchmark.
        Summary summary = BenchmarkRunner.Run<KillSwitchCheckBenchmarks>(
            DefaultConfig.Instance.WithArtifactsPath(artifacts).AddJob(Job.MediumRun.WithToolchain(InProcessEmitToolchain.Instance)));
        BenchmarkReport check = summary.Reports.Single();
        Directory.Delete(artifacts, recursive: true);
        return Task.FromResult(new Table(string.Empty, "mean", "standard deviation", "allocated").Add(
            "`ThrowIfActiveAsync`, cached",
            $"{check.ResultStatistics!.Mean:0.0} ns",
            $"{check.ResultStatistics.StandardDeviation:0.0} ns",
            $"{check.GcStats.GetBytesAllocatedPerOperation(check.BenchmarkCase) ?? 0} B").ToString());
    }
}
