using System.Diagnostics;

namespace Jarvis.SemanticKernel.Tests.Cluster;

/// <summary>Starts the program that plays another process.</summary>
internal static class WorkerProgram
{
    private static readonly string[] NotInherited =
        ["OPENROUTER_BASE_URL", "OPENROUTER_API_KEY", "JARVIS_DATABASE_URL", "DATABASE_URL", "JARVIS_MODEL_STRONG", "JARVIS_MODEL_MID", "JARVIS_MODEL_CHEAP"];

    public static Process Start(params string[] arguments) => Launch("dotnet", [Path, .. arguments]);

    /// <summary>Starts it so that no file of it grows beyond so many kibibytes: to it the disk is full then.</summary>
    public static Process StartWithSmallFiles(int kibibytes, params string[] arguments) =>
        Launch(
            "bash",
            ["-c", $"trap '' XFSZ; ulimit -f {kibibytes}; exec dotnet \"$@\"", "bash", Path, .. arguments],

            // The runtime would keep its own code in a file that is larger.
            ("DOTNET_EnableWriteXorExecute", "0"));

    private static string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "Jarvis.SemanticKernel.TestWorker.dll");

    private static Process Launch(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // Nothing of the tests' own environment may configure it.
        Array.ForEach(NotInherited, name => start.Environment.Remove(name));
        Array.ForEach(environment, variable => start.Environment[variable.Name] = variable.Value);
        return Process.Start(start)!;
    }
}
