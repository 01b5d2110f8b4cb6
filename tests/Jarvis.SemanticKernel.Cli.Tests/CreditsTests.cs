using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;
using Jarvis.SemanticKernel.Testing;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary><c>jarvis credits</c> as a process, asking over HTTP.</summary>
public sealed partial class CreditsTests : IAsyncLifetime
{
    private const string OtherKey = "sk-or-v1-another-key-0000";

    private readonly CommandLine _jarvis = new();
    private OpenRouterSimulator? _upstream;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _jarvis.Environment["JARVIS_DATABASE_URL"] = _jarvis.DatabaseFile;
        _jarvis.Environment["OPENROUTER_API_KEY"] = LeftCalls.ApiKey;
        Assert.Equal(0, (await _jarvis.RunAsync("db", "migrate")).ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        _jarvis.Dispose();
        if (_upstream is not null)
        {
            await _upstream.DisposeAsync();
        }
    }

    [Fact]
    public async Task KeyWithALimit_WhatIsLeft_IsComparedWithTheLedgerSinceTheFirstReading()
    {
        OpenRouterSimulator upstream = await StartAsync(limitUsd: 10m);
        CliResult first = await CreditsAsync();

        upstream.DefaultReply = SimulatedReply.Text("done").WithUsage(812, 164, "0.5000000000000001");
        await RecordedCalls.MakeAsync(_jarvis.DatabaseFile, Path.Combine(_jarvis.Folder, "journal"), upstream, "cheap");
        CliResult ours = await CreditsAsync();
        await CallAsAnotherProgramAsync(upstream);
        CliResult theirs = await CreditsAsync();
        JsonElement json = (await CreditsAsync("--json")).Document;

        Assert.Equal((0, 0, 0), (first.ExitCode, ours.ExitCode, theirs.ExitCode));
        Assert.Equal(
            ["left        10 USD of 10 USD", "spent       0 USD with this key, says OpenRouter", "ledger      0 USD, all calls with a known cost", "difference  counts from now on: this is the first reading of the key"],
            first.Lines[1..]);
        Assert.Equal(
            ["left        9.4999999999999999 USD of 10 USD", "spent       0.5000000000000001 USD with this key, says OpenRouter", "ledger      0.5000000000000001 USD, all calls with a known cost"], ours.Lines[1..4]);
        Assert.Matches("^difference  0 USD since [0-9: -]+ UTC: the ledger has all of it$", ours.Lines[4]);
        Assert.Matches("^difference  0.5000000000000001 USD since [0-9: -]+ UTC: spent with the key and not in the ledger", theirs.Lines[4]);
        Assert.Equal(
            ["10", "8.9999999999999998", "1.0000000000000002", "0.5000000000000001", "0.5000000000000001"],
            ((string[])["limitUsd", "remainingUsd", "usedUsd", "ledgerUsd", "differenceUsd"]).Select(name => json.GetProperty(name).GetRawText()));
        Assert.True(json.GetProperty("differenceSince").GetDateTimeOffset() < json.GetProperty("at").GetDateTimeOffset());
    }

    [Fact]
    public async Task KeyWithoutALimit_SaysSo_AndUnknownIsNotZero()
    {
        await StartAsync(limitUsd: null);

        CliResult plain = await CreditsAsync();
        JsonElement json = (await CreditsAsync("--json")).Document;

        Assert.Contains("left        the key has no limit of its own; what the account has left is told to management keys only", plain.Lines);
        Assert.Contains("spent       0 USD with this key, says OpenRouter", plain.Lines);
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (json.GetProperty("limitUsd").ValueKind, json.GetProperty("remainingUsd").ValueKind));
        Assert.Equal(("0", "0"), (json.GetProperty("usedUsd").GetRawText(), json.GetProperty("differenceUsd").GetRawText()));
    }

    [Fact]
    public async Task KeyThatIsRefused_IsAFailureThatSaysWhatToDo_AndNoReading()
    {
        await StartAsync(limitUsd: 10m);
        _jarvis.Environment["OPENROUTER_API_KEY"] = OtherKey;

        CliResult refused = await CreditsAsync();
        CliResult json = await CreditsAsync("--json");
        _jarvis.Environment["OPENROUTER_API_KEY"] = LeftCalls.ApiKey;
        CliResult after = await CreditsAsync();

        Assert.Equal((1, 1), (refused.ExitCode, json.ExitCode));
        Assert.Matches("error: OpenRouter did not say what is left: .*HTTP 401.*Check OPENROUTER_API_KEY", refused.Error);
        Assert.Empty(refused.Output);
        Assert.Contains("HTTP 401", json.Document.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(json.Error);
        Assert.Contains("this is the first reading", after.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyThatIsMissing_IsBadUsage()
    {
        _jarvis.Environment.Remove("OPENROUTER_API_KEY");

        CliResult missing = await CreditsAsync();

        Assert.Equal((2, true), (missing.ExitCode, missing.Error.Contains("OPENROUTER_API_KEY is not set", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Endpoint_UnreachableOrNotOpenRouter_IsAFailure()
    {
        // Refused at once: nothing listens on the port of nobody.
        _jarvis.Environment["OPENROUTER_BASE_URL"] = "http://127.0.0.1:1/api/v1";
        CliResult unreachable = await CreditsAsync();
        CliResult json = await CreditsAsync("--json");
        (await StartAsync(limitUsd: 10m)).OnRead = _ => SimulatedReply.Error(404, "Not Found");
        CliResult other = await CreditsAsync();

        Assert.Equal((1, 1, 1), (unreachable.ExitCode, json.ExitCode, other.ExitCode));
        Assert.Contains("error: OpenRouter did not say what is left:", unreachable.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Check OPENROUTER_API_KEY", unreachable.Error, StringComparison.Ordinal);
        Assert.StartsWith("OpenRouter did not say what is left:", json.Document.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("it is not OpenRouter's", other.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80, 10)]
    [InlineData(140, 10)]
    [InlineData(80, null)]
    [InlineData(140, null)]
    public async Task Terminal_KeepsItsWidth_AndBreaksBetweenWords(int columns, int? limitUsd)
    {
        await StartAsync(limitUsd);

        CliResult result = await _jarvis.RunOnTerminalAsync(columns, "credits");
        string text = ControlSequence().Replace(result.Output, "").ReplaceLineEndings("\n");

        Assert.Equal(0, result.ExitCode);
        Assert.All(text.Split('\n').Where(line => !line.Contains(_jarvis.Folder, StringComparison.Ordinal)), line => Assert.True(line.Length <= columns, $"{line.Length}: {line}"));
        string words = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(limitUsd is null ? "left the key has no limit of its own; what the account has left is told to management keys only spent" : "left 10 USD of 10 USD spent", words, StringComparison.Ordinal);
        Assert.DoesNotContain(LeftCalls.ApiKey, text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]|\e\][^\a]*\a|\e[=>]")]
    private static partial Regex ControlSequence();

    private static async Task CallAsAnotherProgramAsync(OpenRouterSimulator upstream)
    {
        using HttpClient client = new();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", LeftCalls.ApiKey);
        using HttpResponseMessage answer = await client.PostAsJsonAsync(
            new Uri($"{upstream.Endpoint.ToString().TrimEnd('/')}/chat/completions"), new { model = "vendor/small", messages = new[] { new { role = "user", content = "hello" } } }, Ct);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<OpenRouterSimulator> StartAsync(decimal? limitUsd)
    {
        _upstream = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { ApiKey = LeftCalls.ApiKey, KeyLimitUsd = limitUsd }, Ct);
        _jarvis.Environment["OPENROUTER_BASE_URL"] = _upstream.Endpoint.ToString();
        return _upstream;
    }

    // Whatever the outcome, no key is in it.
    private async Task<CliResult> CreditsAsync(params string[] arguments)
    {
        CliResult result = await _jarvis.RunAsync(["credits", .. arguments]);
        Assert.DoesNotContain("sk-or-", result.All, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.All);
        return result;
    }
}
