using Jarvis.SemanticKernel.Cli.Tests.Fixtures;
using Jarvis.SemanticKernel.Testing;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary>How <c>--since</c> is read.</summary>
public sealed class SinceTests
{
    [Fact]
    public async Task Since_LeavesOlderCallsAlone()
    {
        using CommandLine jarvis = new();
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: TestContext.Current.CancellationToken);
        jarvis.Environment["JARVIS_DATABASE_URL"] = jarvis.DatabaseFile;
        jarvis.Environment["OPENROUTER_BASE_URL"] = upstream.Endpoint.ToString();
        jarvis.Environment["OPENROUTER_API_KEY"] = LeftCalls.ApiKey;
        await LeftCalls.MakeAsync(jarvis.DatabaseFile, upstream, SimulatedReply.Text("one two three").WithoutGeneration());

        foreach ((string since, int total) in new[] { ("1h", 1), ("7d", 1), ("2020-01-01", 1), ("2020-01-01T10:00:00+02:00", 1), ("0m", 0) })
        {
            CliResult result = await jarvis.RunAsync("costs", "reconcile", "--since", since, "--json");

            Assert.Equal((since, total), (since, result.Document.GetProperty("total").GetInt32()));
        }
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("7")]
    [InlineData("-3d")]
    [InlineData("9999999d")]
    [InlineData("2999-01-01")]
    [InlineData("")]
    public async Task Since_ThatIsNoTime_IsBadUsage(string since)
    {
        using CommandLine jarvis = new();
        CliResult result = await jarvis.RunAsync("costs", "reconcile", "--since", since);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"--since is '{since}'. Accepted are 30m, 12h, 7d", result.Error, StringComparison.Ordinal);
    }
}
