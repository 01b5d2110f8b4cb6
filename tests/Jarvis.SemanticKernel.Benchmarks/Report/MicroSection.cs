using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Jarvis.SemanticKernel.Benchmarks.Report;

/// <summary>A section with what one BenchmarkDotNet benchmark measured.</summary>
internal sealed class MicroSection<T>(string name, string what) : ISection
{
    public string Name => name;

    public Task<string> MeasureAsync(int rounds)
    {
        string artifacts = Path.Combine(Path.GetTempPath(), $"jarvis-benchmarks-{Guid.NewGuid():N}");

        // In this process: the machine is small, and a build of its own for every benchmark would take longer than the benchmark.
        Summary summary = BenchmarkRunner.Run<T>(
            DefaultConfig.Instance.WithArtifactsPath(artifacts).AddJob(Job.MediumRun.WithToolchain(InProcessEmitToolchain.Instance)));
        BenchmarkReport report = summary.Reports.Single();
        Directory.Delete(artifacts, recursive: true);
        return Task.FromResult(new Table(string.Empty, "mean", "median", "standard deviation", "allocated").Add(
            what,
            $"{report.ResultStatistics!.Mean:0.0} ns",
            $"{report.ResultStatistics.Median:0.0} ns",
            $"{report.ResultStatistics.StandardDeviation:0.0} ns",
            $"{report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0} B").ToString());
    }
}
