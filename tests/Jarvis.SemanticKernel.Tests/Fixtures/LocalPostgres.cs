using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Jarvis.SemanticKernel.Tests.Fixtures;

/// <summary>A server of the machine's own binaries, in a folder of its own under the temporary folder.</summary>
internal sealed class LocalPostgres : IRunningPostgres
{
    // Its standard input is a pipe from this process. However this process ends, the pipe closes, and the script stops the server and removes the folder.
    private const string Script =
        """
        dir=$1 bin=$2 port=$3
        trap '' INT
        trap '"$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1; rm -rf "$dir"' EXIT
        mkdir -m 700 "$dir" && cd "$dir" || exit 1
        "$bin/initdb" -D "$dir/data" -U jarvis_test -A trust -E UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log"; exit 1; }
        "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/server.log" \
          -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='' -c max_connections=200 -c fsync=on" start >/dev/null 2>&1 || { cat "$dir/server.log"; exit 1; }
        echo ready
        cat >/dev/null
        """;

    private readonly Process _script;

    private LocalPostgres(Process script, int port)
    {
        _script = script;
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=jarvis_test;Database=postgres";
    }

    public string ConnectionString { get; }

    public static string? FindBinFolder()
    {
        IEnumerable<string> installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
            : [];
        IEnumerable<string> path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return installed.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));
    }

    public static async Task<LocalPostgres?> TryStartAsync()
    {
        if (FindBinFolder() is not { } bin)
        {
            return null;
        }

        int port = FreePort();
        string folder = Path.Combine(Path.GetTempPath(), $"jarvis-test-postgres-{Guid.NewGuid():N}");

        // The server refuses to run as root.
        ProcessStartInfo start = new() { FileName = Environment.UserName == "root" ? "runuser" : "sh", RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        string[] asOther = Environment.UserName == "root" ? ["-u", await AccountAsync(), "--", "sh"] : [];
        foreach (string argument in (string[])[.. asOther, "-c", Script, "sh", folder, bin, $"{port}"])
        {
            start.ArgumentList.Add(argument);
        }

        Process script = Process.Start(start)!;
        string? answer = await script.StandardOutput.ReadLineAsync();
        if (answer == "ready")
        {
            return new LocalPostgres(script, port);
        }

        string output = answer + "\n" + await script.StandardOutput.ReadToEndAsync();
        script.Dispose();
        throw new InvalidOperationException($"PostgreSQL of {bin} did not start: {output}");
    }

    public async ValueTask DisposeAsync()
    {
        _script.StandardInput.Close();
        await _script.WaitForExitAsync();
        _script.Dispose();
    }

    private static async Task<string> AccountAsync() =>
        (await File.ReadAllLinesAsync("/etc/passwd")).Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
