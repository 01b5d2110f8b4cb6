using System.Diagnostics;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Tests.Routing;

/// <summary>The sample as anybody runs it, without a key and without a network: which calls it makes, and what they cost.</summary>
public class PlannerSampleTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Planner_Offline_MakesTheCallsAndCostsThatItShows()
    {
        (int exitCode, string output) = await RunAsync();
        Assert.True(exitCode == 0, output);

        await using SqliteConnection connection = new($"Data Source={Path.Combine(Folder, "planner-simulated.db")};Pooling=false;Mode=ReadOnly");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT goal_id, tier, route, model, agent, run_id, prompt_tokens, completion_tokens, cost_usd_exact FROM jarvis_call_details ORDER BY goal_id, tier DESC, call_id";
        await using SqliteDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<(long Goal, string Tier, string Route, string Run, decimal Cost)> calls = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            (decimal prompt, decimal completion) = reader.GetString(3) switch
            {
                "anthropic/claude-opus-4.6" => (0.000005m, 0.000025m),
                "anthropic/claude-sonnet-4.5" => (0.000003m, 0.000015m),
                _ => (0.0000002m, 0.0000005m),
            };
            decimal cost = reader.GetInt64(8) / 1_000_000_000_000m;
            Assert.Equal((reader.GetInt64(6) * prompt) + (reader.GetInt64(7) * completion), cost);
            Assert.Equal("editor", reader.GetString(4));
            calls.Add((reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(5), cost));
        }

        string[] planned = [.. Enumerable.Repeat("strong rule:Planner.*", 3)];
        Assert.Equal([.. planned, "mid delegated", "cheap delegated", "cheap delegated"], calls.Where(call => call.Goal == 1).OrderBy(call => call.Route == "delegated").Select(call => $"{call.Tier} {call.Route}"));
        Assert.Equal([.. planned, .. Enumerable.Repeat("strong delegated", 3)], calls.Where(call => call.Goal == 2).OrderBy(call => call.Route == "delegated").Select(call => $"{call.Tier} {call.Route}"));
        Assert.Equal(["all-strong", "split"], calls.Where(call => call.Route != "delegated").Select(call => call.Run).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(6, calls.Where(call => call.Route == "delegated").Select(call => call.Run).Distinct().Count());
        Assert.Equal((0.0238765m, 0.027665m), (calls.Where(call => call.Goal == 1).Sum(call => call.Cost), calls.Where(call => call.Goal == 2).Sum(call => call.Cost)));
        Assert.Contains("0.02387650", output, StringComparison.Ordinal);
        Assert.Contains("ledger 0.05154150 USD = upstream billed 0.05154150 USD", output, StringComparison.Ordinal);
    }

    // artifacts/bin/<project>/<configuration>/
    private static string Folder
    {
        get
        {
            DirectoryInfo own = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(own.Parent!.Parent!.FullName, "Planner", own.Name);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync()
    {
        using TemporaryFolder home = new();
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(Folder, "Planner.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("JARVIS_", StringComparison.Ordinal) || name is "OPENROUTER_API_KEY" or "OPENROUTER_BASE_URL" or "DATABASE_URL").ToArray())
        {
            start.Environment.Remove(name);
        }

        (start.Environment["HOME"], start.Environment["XDG_DATA_HOME"], start.Environment["COLUMNS"]) = (home.Path, home.Path, "120");
        using Process process = Process.Start(start)!;
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bounded.CancelAfter(Bound);
        Task<string> errors = process.StandardError.ReadToEndAsync(bounded.Token);
        string output = await process.StandardOutput.ReadToEndAsync(bounded.Token);
        await process.WaitForExitAsync(bounded.Token);
        return (process.ExitCode, output + await errors);
    }
}
