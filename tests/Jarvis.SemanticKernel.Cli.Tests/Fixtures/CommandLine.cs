using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Cli.Tests.Fixtures;

/// <summary>The program as a process, in a home of its own and with no setting of whoever runs the tests.</summary>
internal sealed class CommandLine : IDisposable
{
    private static readonly string[] NotInherited =
        ["JARVIS_DATABASE_URL", "DATABASE_URL", "OPENROUTER_API_KEY", "OPENROUTER_BASE_URL", "COLUMNS", "NO_COLOR", "PGTZ", "PGPASSWORD", "PGOPTIONS", "PGPASSFILE"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jarvis-cli-test-");

    public CommandLine()
    {
        Environment["HOME"] = Folder;
        Environment["XDG_DATA_HOME"] = Path.Combine(Folder, "data");
        Environment["TERM"] = "xterm-256color";
    }

    public Dictionary<string, string> Environment { get; } = [];

    public string Folder => _folder.FullName;

    public string DatabaseFile => Path.Combine(Folder, "jarvis.db");

    /// <summary>Everything that lies in the home, folders included.</summary>
    public string[] FilesAtHome => Directory.GetFileSystemEntries(Folder, "*", SearchOption.AllDirectories);

    private static string Dotnet => System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    // artifacts/bin/<project>/<configuration>/
    private static string Program
    {
        get
        {
            DirectoryInfo own = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(own.Parent!.Parent!.FullName, "Jarvis.SemanticKernel.Cli", own.Name, "jarvis.dll");
        }
    }

    public async Task<CliResult> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        return await EndAsync(process);
    }

    /// <summary>Runs on a terminal of the given width; what it prints comes with its control sequences.</summary>
    public async Task<CliResult> RunOnTerminalAsync(int columns, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The program 'script' has other options elsewhere.");
        string command = $"stty cols {columns} && exec {string.Join(' ', (string[])[Quote(Dotnet), Quote(Program), .. arguments.Select(Quote)])}";
        using Process process = Launch("script", "--quiet", "--return", "--command", command, "/dev/null");
        return await EndAsync(process);
    }

    public Process Start(params string[] arguments) => Launch(Dotnet, [Program, .. arguments]);

    public static async Task<CliResult> EndAsync(Process process)
    {
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new CliResult(process.ExitCode, await output, await error);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private Process Launch(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        foreach (string name in start.Environment.Keys.Where(name => NotInherited.Contains(name) || name.StartsWith("JARVIS_MODEL_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
