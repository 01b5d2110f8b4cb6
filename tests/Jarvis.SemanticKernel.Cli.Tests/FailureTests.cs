using System.Diagnostics;
using System.Globalization;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Cli.Tests;

public sealed class FailureTests : IDisposable
{
    private const string Secret = "hunter2-canary";

    // What the program's own limits add up to, and room for a busy machine.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(45);

    private readonly CommandLine _jarvis = new();

    public static TheoryData<string> BadUsages() =>
    [
        "kil|why", "kill", "kill|", "kill|   ", $"kill|{new string('x', 2001)}", "kill|why|--by|", "resume", "status|extra", "audit|--limit|0", "audit|--limit|1001",
        "audit|--limit|many", "kill|why|--wait|-1", "kill|why|--wait|601", "resume|why|--wait|soon", "db|script|--sqlite|--roles", "db", "db|drop", "status|--database", "status|--unknown", $"status|--database|Data Source=:memory:;Password={Secret}",
        "kill|why|--tier", "kill|why|--tier|", "kill|why|--agent| ", $"kill|why|--model|{new string('m', 239)}", "kill|why|--agent|a\nb", "kill|why|--goal|four",
        "kill|why|--goal|2147483648", "kill|why|--goal|4.2", "kill|why|--tier|strong|--goal|42", "resume|why|--agent|a|--model|m", "status|--tier|a|--tier|b",
        "status|--goal|1|--agent|a", $"status|--database|Host=;Password={Secret}", $"status|--database|{Secret}",
    ];

    public void Dispose() => _jarvis.Dispose();

    [Theory]
    [MemberData(nameof(BadUsages))]
    public async Task BadUsage_IsExplainedAndNothingDone(string arguments)
    {
        CliResult result = await _jarvis.RunAsync(arguments.Split('|'));

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        AssertHarmless(result);
        Assert.Empty(_jarvis.FilesAtHome);
    }

    [Theory]
    [InlineData("kill|why|--tier|strong|--goal|42", "--tier and --goal were given together; one of --tier, --model, --agent and --goal is accepted")]
    [InlineData("kill|why|--goal|four", "--goal is 'four'; a whole number is accepted, such as 42.")]
    [InlineData("resume|why|--agent| ", "--agent is no name that a switch can have: 1 to 238 characters are accepted")]
    public async Task BadScope_SaysWhatWouldBeAccepted(string arguments, string message)
    {
        CliResult result = await _jarvis.RunAsync(arguments.Split('|'));

        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("kill|why")]
    [InlineData("resume|why")]
    [InlineData("audit")]
    [InlineData("db|migrate")]
    [InlineData("doctor")]
    public async Task WrongPassword_IsSaidWithoutThePassword(string command)
    {
        using RefusingServer server = new();
        string url = $"postgres://someone:{Secret}@127.0.0.1:{server.Port}/agents";
        CliResult plain = await _jarvis.RunAsync([.. command.Split('|'), "-d", url]);
        CliResult json = await _jarvis.RunAsync([.. command.Split('|'), "-d", url, "--json"]);

        Assert.Equal(Secret, server.Password);
        Assert.Equal(command == "doctor" ? 4 : 1, plain.ExitCode);
        Assert.Equal(plain.ExitCode, json.ExitCode);
        Assert.Contains("refused the login", plain.All, StringComparison.Ordinal);
        Assert.Contains("refused the login", json.Document.ToString(), StringComparison.Ordinal);
        Assert.Contains("as someone", json.Document.GetProperty("database").GetString(), StringComparison.Ordinal);
        AssertHarmless(plain);
        AssertHarmless(json);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("kill|why")]
    [InlineData("db|migrate")]
    public async Task SilentServer_IsGivenUp(string command)
    {
        using SilentServer server = new();
        long startedAt = Stopwatch.GetTimestamp();
        CliResult result = await _jarvis.RunAsync([.. command.Split('|'), "-d", $"postgres://someone:{Secret}@127.0.0.1:{server.Port}/agents?connect_timeout=2"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("cannot be reached", result.Error, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(startedAt) < Bound);
        AssertHarmless(result);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("kill|why")]
    public async Task ServerThatHangsUp_IsSaidInOneSentence(string command)
    {
        SilentServer server = new();
        int port = server.Port;
        Task hangingUp = server.HangUpAsync();
        CliResult result = await _jarvis.RunAsync([.. command.Split('|'), "-d", $"Host=127.0.0.1;Port={port};Database=agents;Username=someone;Password={Secret};SSL Mode=Disable"]);
        server.Dispose();
        await hangingUp;

        Assert.Equal(1, result.ExitCode);
        Assert.Matches($"^error: PostgreSQL database agents on 127.0.0.1:{port} as someone .* cannot be reached: [^.]*\\. Check that the server runs .*\\n$", result.Error);
        AssertHarmless(result);
    }

    [Fact]
    public async Task NoServer_IsSaidInOneSentence()
    {
        int port;
        using (SilentServer gone = new())
        {
            port = gone.Port;
        }

        CliResult result = await _jarvis.RunAsync("kill", "why", "-d", $"Host=127.0.0.1;Port={port};Database=agents;Username=someone;Password={Secret}");

        Assert.Equal(1, result.ExitCode);
        Assert.Matches($"^error: PostgreSQL database agents on 127.0.0.1:{port} as someone .* cannot be reached: .* Check that the server runs .*\\n$", result.Error);
        AssertHarmless(result);
    }

    [Fact]
    public async Task ForeignFile_IsRefused()
    {
        await File.WriteAllTextAsync(_jarvis.DatabaseFile, new string('x', 5000), TestContext.Current.CancellationToken);
        CliResult result = await _jarvis.RunAsync("kill", "why", "-d", _jarvis.DatabaseFile);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("not a database", result.Error, StringComparison.Ordinal);
        AssertHarmless(result);
    }

    [Fact]
    public async Task CtrlC_EndsAtOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "No signals there.");
        using SilentServer server = new();
        using Process process = _jarvis.Start("status", "-d", $"postgres://someone@127.0.0.1:{server.Port}/agents?connect_timeout=60");
        await server.WaitForClientAsync(TestContext.Current.CancellationToken);
        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        long askedAt = Stopwatch.GetTimestamp();
        CliResult result = await CommandLine.EndAsync(process);

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("Interrupted", result.Error, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(askedAt) < TimeSpan.FromSeconds(10));
    }

    private static void AssertHarmless(CliResult result)
    {
        Assert.DoesNotContain(Secret, result.All, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.All, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.All, StringComparison.Ordinal);
    }
}
