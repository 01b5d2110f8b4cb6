using System.Diagnostics;

namespace Jarvis.SemanticKernel.Benchmarks.Measuring;

/// <summary>One of the things compared: how to make a call, how many make one at the same time, and what slices of calls took.</summary>
internal sealed class Contender(string name, int callers, Func<Task> callAsync)
{
    private const int MostLatencies = 1 << 20;

    private readonly List<long[]> _latencies = [];
    private long[] _ticks = new long[1 << 16];
    private int _calls;

    public string Name => name;

    public int Callers => callers;

    public List<Slice> Slices { get; } = [];

    public async Task RunSliceAsync(TimeSpan length, OtherProcesses others, bool isCounted)
    {
        _calls = 0;
        (double database, double upstream) = others.CpuMicroseconds();
        Environment.ProcessCpuUsage cpu = Environment.CpuUsage;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long startedAt = Stopwatch.GetTimestamp();
        long until = startedAt + (long)(length.TotalSeconds * Stopwatch.Frequency);
        Task[] loops = [.. Enumerable.Range(0, callers).Select(_ => Task.Run(() => LoopAsync(until)))];
        await Task.WhenAll(loops).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        double micros = (Environment.CpuUsage.TotalTime - cpu.TotalTime).TotalMicroseconds;
        double bytes = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        (double databaseAfter, double upstreamAfter) = others.CpuMicroseconds();
        if (isCounted)
        {
            long[] latencies = _ticks[..Math.Min(_calls, _ticks.Length)];
            Array.Sort(latencies);
            _latencies.Add(latencies);
            Slices.Add(new Slice(
                _calls / seconds,
                micros / _calls,
                (databaseAfter - database) / _calls,
                (upstreamAfter - upstream) / _calls,
                bytes / _calls,
                Milliseconds(latencies[latencies.Length / 2])));
        }

        if (_calls > _ticks.Length)
        {
            // The next slice keeps them all.
            _ticks = new long[Math.Min(MostLatencies, _calls * 2)];
        }
    }

    public double Median(Func<Slice, double> figure)
    {
        double[] ordered = [.. Slices.Select(figure).Order()];
        return ordered[ordered.Length / 2];
    }

    /// <summary>The time that a share of all calls did not exceed.</summary>
    public double LatencyMilliseconds(double share)
    {
        long[] ordered = [.. _latencies.SelectMany(slice => slice).Order()];
        return Milliseconds(ordered[(int)(share * (ordered.Length - 1))]);
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;

    private async Task LoopAsync(long until)
    {
        long now = Stopwatch.GetTimestamp();
        while (now < until)
        {
            await callAsync().ConfigureAwait(false);
            long end = Stopwatch.GetTimestamp();
            int at = Interlocked.Increment(ref _calls) - 1;
            if (at < _ticks.Length)
            {
                _ticks[at] = end - now;
            }

            now = end;
        }
    }
}
