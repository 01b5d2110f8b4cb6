using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Jarvis.SemanticKernel.Benchmarks.Report;

namespace Jarvis.SemanticKernel.Benchmarks.Journal;

/// <summary>The cost of noting a call in the journal.</summary>
internal sealed class JournalSection : ISection
{
    public string Name => "journal";

    public Task<string> MeasureAsync(int rounds)
    {
        string artifacts = Path.Combine(Path.GetTempPath(), $"jarvis-benchmarks-{Guid.NewGuid():N}");
        Summary summary = BenchmarkRunner.Run<CallIntentBenchmarks>(
            DefaultConfig.Instance.WithArtifactsPath(artifacts).AddJob(Job.MediumRun.WithToolchain(InProcessEmitToolchain.Instance)));
        BenchmarkReport noted = summary.Reports.Single();
        Directory.Delete(artifacts, recursive: true);
        return Task.FromResult(new Table(string.Empty, "mean", "median", "standard deviation", "allocated").Add(
            "noted, id, cleared",
            $"{noted.ResultStatistics!.Mean / 1000:0.00} µs",
            $"{noted.ResultStatistics.Median / 1000:0.00} µs",
            $"{noted.ResultStatistics.StandardDeviation / 1000:0.00} µs",
            $"{noted.GcStats.GetBytesAllocatedPerOperation(noted.BenchmarkCase) ?? 0} B").ToString());
    }
}
