using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Jarvis.SemanticKernel.Benchmarks.Report;

/// <summary>What was measured on, as the machine itself says.</summary>
internal static class Machine
{
    public static string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores ({Processor()}), {Memory()}{System()}, {RuntimeInformation.FrameworkDescription}, {(GCSettings.IsServerGC ? "server" : "workstation")} GC; {TimeProvider.System.GetUtcNow():d MMMM yyyy}. {Load()}");

    private static string Processor() => FirstAfter("/proc/cpuinfo", "model name\t: ") ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string Memory() => FirstAfter("/proc/meminfo", "MemTotal:") is { } total
        && long.TryParse(total.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture, out long kibibytes)
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Round(kibibytes / 1048576.0)} GiB, ")
            : string.Empty;

    private static string System() => FirstAfter("/etc/os-release", "PRETTY_NAME=")?.Trim('"') ?? RuntimeInformation.OSDescription;

    // A reader sees by it whether others were at work.
    private static string Load() => File.Exists("/proc/loadavg") ? $"Load average of the minute before: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}." : string.Empty;

    private static string? FirstAfter(string file, string start) =>
        File.Exists(file) ? Array.Find(File.ReadAllLines(file), line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..].Trim() : null;
}
