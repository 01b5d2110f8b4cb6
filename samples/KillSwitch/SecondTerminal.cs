using System.Diagnostics;
using Jarvis.SemanticKernel.Testing;

namespace KillSwitchSample;

/// <summary>What a person types in a second terminal; played by the program itself where nobody can.</summary>
internal sealed class SecondTerminal(string database)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // artifacts/bin/<project>/<configuration>/
    private static string Program
    {
        get
        {
            DirectoryInfo own = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(own.Parent!.Parent!.FullName, "Jarvis.SemanticKernel.Cli", own.Name, "jarvis");
        }
    }

    /// <summary>Says what to type.</summary>
    public void Explain() => Screen.Commands(
        $"jarvis={Path.GetRelativePath(Environment.CurrentDirectory, Program)}",
        $"export JARVIS_DATABASE_URL={database}",
        "$jarvis kill \"Nobody reads what it writes\"   # after this sentence",
        "$jarvis kill --now \"Nobody reads it\"         # in the middle of it",
        "$jarvis status",
        "$jarvis resume \"Somebody does\"");

    /// <summary>Kills the agent in the middle of a sentence, looks whether it stays stopped, and lets it go on.</summary>
    /// <returns>True when all of that came about.</returns>
    public async Task<bool> PlayAsync(Agent agent, OpenRouterSimulator upstream)
    {
        bool works = await WaitForAsync(() => agent.Pieces > 40);
        await TypeAsync("kill", "--now", "Nobody reads what it writes");
        bool stops = await WaitForAsync(() => agent.IsStopped);

        int sent = upstream.RequestCount;
        bool isRefused = await WaitForAsync(() => agent.Refusals >= 2);
        bool stays = upstream.RequestCount == sent;
        Screen.StayedStopped(agent.Refusals, sent, upstream.RequestCount);

        await TypeAsync("resume", "Somebody does");
        bool goesOn = await WaitForAsync(() => !agent.IsStopped && upstream.RequestCount > sent + 1);
        return works && stops && isRefused && stays && goesOn;
    }

    private static async Task<bool> WaitForAsync(Func<bool> happened)
    {
        var waited = Stopwatch.StartNew();
        while (!happened() && waited.Elapsed < Patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        return happened();
    }

    private async Task TypeAsync(params string[] arguments)
    {
        Screen.Typed($"jarvis {string.Join(' ', arguments[..^1])} \"{arguments[^1]}\"");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [$"{Program}.dll", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["JARVIS_DATABASE_URL"] = database;
        using Process command = Process.Start(start)!;
        Task<string> errors = command.StandardError.ReadToEndAsync();
        string output = await command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync();
        Screen.Printed(output + await errors);
    }
}
