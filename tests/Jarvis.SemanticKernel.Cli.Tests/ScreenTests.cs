using System.Text.RegularExpressions;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary>What a person sees on a terminal, and what a pipe gets.</summary>
public sealed partial class ScreenTests : IAsyncLifetime
{
    private const string LongReason =
        "The restocker ordered the same twenty chains again and again since midnight, nobody is awake to look at it, and the budget of the day is spent to the last cent.";

    private readonly CommandLine _jarvis = new();

    public async ValueTask InitializeAsync()
    {
        _jarvis.Environment["JARVIS_DATABASE_URL"] = _jarvis.DatabaseFile;

        // Refused at once: nothing listens on the port of nobody.
        _jarvis.Environment["OPENROUTER_BASE_URL"] = "http://127.0.0.1:1/api/v1";
        await _jarvis.RunAsync("db", "migrate");
        await _jarvis.RunAsync("kill", LongReason, "--by", "night-watch");
        await _jarvis.RunAsync("kill", "--model", "anthropic/claude-sonnet-4.5", LongReason, "--by", "night-watch");
    }

    public ValueTask DisposeAsync()
    {
        _jarvis.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(80, "status")]
    [InlineData(140, "status")]
    [InlineData(80, "audit")]
    [InlineData(140, "audit")]
    [InlineData(80, "doctor")]
    [InlineData(140, "doctor")]
    [InlineData(80, "kill|Again and again and again and again and again and again and again and again and again and again and again")]
    [InlineData(80, "--help")]
    [InlineData(140, "--help")]
    [InlineData(80, "kill|--help")]
    [InlineData(80, "status|--database|./missing-and-with-a-long-name.db")]
    public async Task Terminal_KeepsItsWidth(int columns, string command)
    {
        CliResult result = await _jarvis.RunOnTerminalAsync(columns, command.Split('|'));
        string[] lines = [.. result.Output.ReplaceLineEndings("\n").Split('\n').Select(line => ControlSequence().Replace(line, ""))];

        // A path has no place to break it.
        Assert.All(lines.Where(line => !line.Contains(_jarvis.Folder, StringComparison.Ordinal)), line => Assert.True(line.Length <= columns, $"{line.Length}: {line}"));
        Assert.True(lines.Count(line => line.Trim().Length > 0) > 1, result.Output);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(140)]
    public async Task Terminal_ShowsTheStateInColourAndTheWholeReason(int columns)
    {
        CliResult status = await _jarvis.RunOnTerminalAsync(columns, "status");
        string words = string.Join(' ', ControlSequence().Replace(status.Output, "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(3, status.ExitCode);
        Assert.Matches(@"\e\[[0-9;]*mACTIVE", status.Output);
        Assert.Contains(LongReason, words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("audit")]
    public async Task Pipe_GetsNoControlSequencesAndNoWrapping(string command)
    {
        _jarvis.Environment["COLUMNS"] = "40";
        CliResult result = await _jarvis.RunAsync(command);

        Assert.DoesNotContain('\e', result.All);
        Assert.Contains(result.Lines, line => line.EndsWith(LongReason, StringComparison.Ordinal));
        Assert.All(result.Lines, line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public async Task Help_HasExamplesAndExitCodes()
    {
        foreach (string[] command in (string[][])[[], ["--help"], ["kill", "--help"], ["resume", "-h"], ["status", "-?"], ["audit", "--help"], ["db", "migrate", "--help"], ["doctor", "--help"]])
        {
            CliResult help = await _jarvis.RunAsync(command);

            Assert.Equal(0, help.ExitCode);
            Assert.Contains("Examples:", help.Output, StringComparison.Ordinal);
            Assert.Contains("  jarvis ", help.Output, StringComparison.Ordinal);
            Assert.Contains("3    'status': the switch is active", help.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Version_IsThatOfThePackage()
    {
        CliResult version = await _jarvis.RunAsync("--version");

        Assert.Equal(0, version.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\S*$", version.Output.TrimEnd());
    }

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]|\e\][^\a]*\a|\e[=>]")]
    private static partial Regex ControlSequence();
}
