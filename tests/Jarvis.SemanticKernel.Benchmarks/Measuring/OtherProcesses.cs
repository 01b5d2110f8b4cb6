using System.Diagnostics;
using System.Globalization;

namespace Jarvis.SemanticKernel.Benchmarks.Measuring;

/// <summary>The CPU time that the database server and the upstream have used. Zero where there is none, or no /proc to read it from.</summary>
internal sealed class OtherProcesses(int? databaseServer, int? upstream)
{
    // Looking for them takes longer than reading them.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    private int[] _server = [];
    private long _lookedAt;

    public (double Database, double Upstream) CpuMicroseconds()
    {
        if (databaseServer is { } server && (_server.Length == 0 || Stopwatch.GetElapsedTime(_lookedAt) > LookAgain))
        {
            _server = [server, .. Children(server)];
            _lookedAt = Stopwatch.GetTimestamp();
        }

        return (_server.Sum(Nanoseconds) / 1000, upstream is { } pid ? Total(pid) : 0);
    }

    /// <summary>Finds the process that started this one.</summary>
    public static int? ParentOf(int pid) => File.Exists($"/proc/{pid}/stat") ? Parent(pid) : null;

    private static IEnumerable<int> Children(int parent) =>
        from folder in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : []
        let pid = int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int number) ? number : 0
        where pid > 0 && Parent(pid) == parent
        select pid;

    private static int Parent(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static double Nanoseconds(int pid)
    {
        try
        {
            return double.Parse(File.ReadAllText($"/proc/{pid}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static double Total(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime.TotalMicroseconds;
    }
}
