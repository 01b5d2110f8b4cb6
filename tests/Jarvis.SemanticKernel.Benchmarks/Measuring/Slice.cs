namespace Jarvis.SemanticKernel.Benchmarks.Measuring;

/// <summary>What a slice of calls took. CPU times are microseconds a call: of this process, of the database server and of the upstream.</summary>
internal readonly record struct Slice(double CallsPerSecond, double CpuMicroseconds, double DatabaseMicroseconds, double UpstreamMicroseconds, double AllocatedBytes, double MedianMilliseconds);
