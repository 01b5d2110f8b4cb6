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
        printf '%s\n' "listen_addresses = '127.0.0.1'" "port = $port" "unix_socket_directories = ''" "max_connections = 200" "fsync = on" >>"$dir/data/postgresql.conf"
        "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/server.log" start >/dev/null 2>&1 || { cat "$dir/server.log"; exit 1; }
        echo ready
        cat >/dev/null
        """;

    // Only the first process of the server takes children that ended off the list: it is stopped first, and continued last.
    private const string FindServer = "pid=$(head -n 1 \"$1/postmaster.pid\") && children=/proc/$pid/task/$pid/children";

    private readonly Process _script;
    private readonly string _bin;
    private readonly string _data;

    private LocalPostgres(Process script, int port, string bin, string folder)
    {
        (_script, _bin, _data) = (script, bin, Path.Combine(folder, "data"));
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

        Process script = await StartShellAsync(Script, folder, bin, $"{port}");
        string? answer = await script.StandardOutput.ReadLineAsync();
        if (answer == "ready")
        {
            return new LocalPostgres(script, port, bin, folder);
        }

        string output = answer + "\n" + await script.StandardOutput.ReadToEndAsync();
        script.Dispose();
        throw new InvalidOperationException($"PostgreSQL of {bin} did not start: {output}");
    }

    /// <summary>Stops every process of the server where it is, as a machine does that hangs: connections stay, and nothing answers.</summary>
    public Task PauseAsync() => CommandAsync($"{FindServer} && kill -STOP $pid && (kill -STOP $(cat $children) || kill -STOP $(cat $children))", _data);

    public Task ContinueAsync() => CommandAsync($"{FindServer} && kill -CONT $(cat $children) $pid", _data);

    /// <summary>Ends the server without a word and starts it again.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Restarts it so that none of its files grows beyond so many bytes: to it the disk is full then. Not below 16 MiB, the size of a file of its log.</summary>
    public async Task RestartWithSmallFilesAsync(long bytes)
    {
        // POSIX counts blocks of 512 bytes.
        await StopAsync();
        await CommandAsync("ulimit -f $3 && \"$1/pg_ctl\" -D \"$2\" -w -t 60 -l \"$2/../server.log\" start >/dev/null 2>&1", _bin, _data, $"{bytes / 512}");
    }

    /// <summary>What the server has said so far.</summary>
    public Task<string> ReadLogAsync() => File.ReadAllTextAsync(Path.Combine(_data, "..", "server.log"));

    public Task StopAsync() => CommandAsync("\"$1/pg_ctl\" -D \"$2\" -m immediate -w -t 60 stop >/dev/null 2>&1", _bin, _data);

    public Task StartAsync() => CommandAsync("\"$1/pg_ctl\" -D \"$2\" -w -t 60 -l \"$2/../server.log\" start >/dev/null 2>&1", _bin, _data);

    /// <summary>Sends a signal to some processes of the server.</summary>
    public static Task SignalAsync(string signal, IEnumerable<int> pids) => CommandAsync("kill -$1 $2", signal, string.Join(' ', pids));

    public async ValueTask DisposeAsync()
    {
        _script.StandardInput.Close();
        await _script.WaitForExitAsync();
        _script.Dispose();
    }

    private static async Task CommandAsync(string script, params string[] arguments)
    {
        using Process shell = await StartShellAsync(script, arguments);
        await EndAsync(shell);
    }

    private static async Task EndAsync(Process shell)
    {
        await shell.WaitForExitAsync();
        if (shell.ExitCode != 0)
        {
            throw new InvalidOperationException($"A command to the server ended with {shell.ExitCode}.");
        }
    }

    // The server refuses to run as root.
    private static async Task<Process> StartShellAsync(string script, params string[] arguments)
    {
        bool isRoot = Environment.UserName == "root";
        string[] shell = isRoot ? ["-u", await AccountAsync(), "--", "sh"] : [];
        ProcessStartInfo start = new(isRoot ? "runuser" : "sh", [.. shell, "-c", script, "sh", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        return Process.Start(start)!;
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
