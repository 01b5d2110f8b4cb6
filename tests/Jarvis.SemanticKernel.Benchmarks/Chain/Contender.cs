using System.Diagnostics;

namespace Jarvis.SemanticKernel.Benchmarks.Chain;

/// <summary>One of the things compared: how to make a call, and what slices of calls took.</summary>
internal sealed class Contender(string name, Func<Task> callAsync)
{
    public string Name => name;

    public List<Slice> Slices { get; } = [];

    public async Task RunSliceAsync(int callers, TimeSpan length, bool isCounted)
    {
        Environment.ProcessCpuUsage cpu = Environment.CpuUsage;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long startedAt = Stopwatch.GetTimestamp();
        long calls = 0;
        Task[] loops = [.. Enumerable.Range(0, callers).Select(_ => Task.Run(LoopAsync))];
        await Task.WhenAll(loops).ConfigureAwait(false);
        if (isCounted)
        {
            double micros = (Environment.CpuUsage.TotalTime - cpu.TotalTime).TotalMicroseconds / calls;
            Slices.Add(new Slice(
                calls / Stopwatch.GetElapsedTime(startedAt).TotalSeconds, micros, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)calls));
        }

        async Task LoopAsync()
        {
            while (Stopwatch.GetElapsedTime(startedAt) < length)
            {
                await callAsync().ConfigureAwait(false);
                Interlocked.Increment(ref calls);
            }
        }
    }

    internal readonly record struct Slice(double CallsPerSecond, double CpuMicroseconds, double AllocatedBytes);
}
