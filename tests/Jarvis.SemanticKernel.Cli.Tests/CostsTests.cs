using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary>What calls cost, what was earned, and what was left: as a process, on terminals of two widths and into pipes.</summary>
public sealed partial class CostsTests : IAsyncLifetime
{
    private const string LongModel = "somebody/a-model-with-a-name-that-is-much-longer-than-anybody-would-like-to-read-in-a-table-of-figures";

    private readonly CommandLine _jarvis = new();

    public async ValueTask InitializeAsync()
    {
        _jarvis.Environment["JARVIS_DATABASE_URL"] = _jarvis.DatabaseFile;
        Assert.Equal(0, (await _jarvis.RunAsync("db", "migrate")).ExitCode);
        await AddCallAsync("2026-07-01 10:00:00.000000", "strong", LongModel, 150_000_001, 42);
        await AddCallAsync("2026-07-02 23:30:00.000000", "cheap", "vendor/small", 25_000_000, 7);
        await AddCallAsync("2026-07-04 10:00:00.000000", "cheap", "vendor/small", 12_500_000, null);
    }

    public ValueTask DisposeAsync()
    {
        _jarvis.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Costs_IntoAPipe_AreColumnsWithAllDigits()
    {
        CliResult tiers = await _jarvis.RunAsync("costs", "--month", "2026-07");
        CliResult csv = await _jarvis.RunAsync("costs", "--month", "2026-07", "--by", "model", "--by", "day", "--csv");
        CliResult bars = await _jarvis.RunAsync("costs", "--month", "2026-07", "--chart");

        Assert.Equal(0, tiers.ExitCode);
        Assert.Equal(
            ["strong\t1.50000001\t1\t0\t0\t3\t4\t0\t0", "cheap\t0.375\t2\t0\t0\t6\t8\t0\t0", "total\t1.87500001\t3\t0\t0\t9\t12\t0\t0"],
            tiers.Lines.Where(line => line.Contains('\t', StringComparison.Ordinal)));
        Assert.Equal(
            [
                "model,day,cost_usd,calls,failed_calls,unresolved_calls,prompt_tokens,completion_tokens,cached_tokens,reasoning_tokens",
                $"{LongModel},2026-07-01,1.50000001,1,0,0,3,4,0,0",
                "vendor/small,2026-07-02,0.25,1,0,0,3,4,0,0",
                "vendor/small,2026-07-04,0.125,1,0,0,3,4,0,0",
            ],
            csv.Output.TrimEnd('\n').Split('\n'));
        Assert.Contains("strong\t1.50000001", bars.Lines);
        Assert.DoesNotContain('\e', tiers.All + csv.All + bars.All);
    }

    [Fact]
    public async Task Costs_AsADocument_AreExact_InTheZoneThatIsAskedFor()
    {
        CliResult costs = await _jarvis.RunAsync("costs", "--since", "2026-07-01", "--until", "2026-08-01", "--by", "day", "--zone", "Europe/Berlin", "--compare", "--top", "2", "--json");

        using JsonDocument document = JsonDocument.Parse(costs.Output);
        JsonElement root = document.RootElement;
        Assert.Equal("1.87500001", root.GetProperty("total").GetProperty("costUsd").GetRawText());
        Assert.Equal(["2026-07-01", "2026-07-03"], root.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("keys").GetProperty("day").GetString()));
        Assert.Equal(("0.125", 1), (root.GetProperty("rest").GetProperty("costUsd").GetRawText(), root.GetProperty("restCount").GetInt32()));
        Assert.Equal(0, root.GetProperty("previous").GetProperty("total").GetProperty("calls").GetInt32());
    }

    [Theory]
    [InlineData("costs|--by|colour", "--by is 'colour'. Accepted are tier, model")]
    [InlineData("costs|--by|day|--by|hour", "at most one of Hour, Day, Week, Month")]
    [InlineData("costs|--since|2026-07-02|--until|2026-07-01", "does not begin before that")]
    [InlineData("costs|--month|2026-07|--since|7d", "leave out --since and --until")]
    [InlineData("costs|--csv|--json", "--json and --csv")]
    [InlineData("costs|--zone|Nowhere", "--zone is 'Nowhere'")]
    [InlineData("costs|--top|0", "at least 1 line")]
    [InlineData("pnl|--month|July", "--month is 'July'")]
    [InlineData("record|cost|0|--category|vm|--month|2026-07", "The amount is 0 USD")]
    [InlineData("record|cost|much|--category|vm|--month|2026-07", "The amount is 'much'")]
    [InlineData("record|cost|5|--category|vm|--from|2026-07-02|--to|2026-07-01", "has to be later than PeriodStart")]
    [InlineData("record|cost|5|--category|vm", "--month, or --from and --to")]
    [InlineData("record|revenue|5", "--strategy")]
    public async Task BadUsage_IsExplained_AndNothingIsRecorded(string command, string explanation)
    {
        CliResult result = await _jarvis.RunAsync(command.Split('|'));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(explanation, result.All, StringComparison.Ordinal);
        Assert.Single((await _jarvis.RunAsync("record", "export", "cost", "--since", "2000-01-01", "--until", "2100-01-01")).Lines);
    }

    [Fact]
    public async Task RecordedBooks_AreInProfitAndLoss_AndGoOutAndInAgain()
    {
        Assert.Equal(0, (await _jarvis.RunAsync("record", "strategy", "shop", "--goal", "42")).ExitCode);
        Assert.Equal(0, (await _jarvis.RunAsync("record", "revenue", "10", "--strategy", "shop", "--at", "2026-07-05", "--source", "order \"118\", paid", "--reference", "118")).ExitCode);
        Assert.Equal(0, (await _jarvis.RunAsync("record", "cost", "29.90", "--category", "vm", "--from", "2026-07-01", "--to", "2026-08-30", "--goal", "42", "--reference", "invoice 7")).ExitCode);
        CliResult again = await _jarvis.RunAsync("record", "cost", "29.90", "--category", "vm", "--from", "2026-07-01", "--to", "2026-08-30", "--goal", "42", "--reference", "invoice 7");
        CliResult other = await _jarvis.RunAsync("record", "cost", "30", "--category", "vm", "--from", "2026-07-01", "--to", "2026-08-30", "--goal", "42", "--reference", "invoice 7");

        CliResult pnl = await _jarvis.RunAsync("pnl", "--month", "2026-07");
        CliResult csv = await _jarvis.RunAsync("pnl", "--month", "2026-07", "--by", "strategy", "--csv");

        Assert.Contains("says the same", again.Output, StringComparison.Ordinal);
        Assert.Equal((2, true), (other.ExitCode, other.Error.Contains("'invoice 7' stands for operating cost 1 already", StringComparison.Ordinal)));
        string part = (29.90m * 31 / 60).ToString("0.##################", CultureInfo.InvariantCulture);
        Assert.Contains(pnl.Lines, line => line.StartsWith($"42\t10\t1.50000001\t{part}\t-6.", StringComparison.Ordinal));
        Assert.Contains(pnl.Lines, line => line == "(not allocated)\t0\t0.125\t0\t-0.125");
        Assert.StartsWith("strategy,goal,revenue_usd,ai_spend_usd,operating_costs_usd,other_inference_usd,net_usd,unresolved_calls\n,7,0,0.25,0,0,-0.25,0\nshop,42,10,1.50000001,", csv.Output, StringComparison.Ordinal);

        string[] files = [Path.Combine(_jarvis.Folder, "costs.csv"), Path.Combine(_jarvis.Folder, "revenue.csv")];
        await File.WriteAllTextAsync(files[0], (await _jarvis.RunAsync("record", "export", "cost", "--month", "2026-07")).Output, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(files[1], (await _jarvis.RunAsync("record", "export", "revenue", "--month", "2026-07")).Output, TestContext.Current.CancellationToken);
        _jarvis.Environment["JARVIS_DATABASE_URL"] = Path.Combine(_jarvis.Folder, "other.db");
        await _jarvis.RunAsync("db", "migrate");
        Assert.Equal(0, (await _jarvis.RunAsync("record", "import", "cost", files[0])).ExitCode);
        Assert.Equal(0, (await _jarvis.RunAsync("record", "import", "revenue", files[1])).ExitCode);
        Assert.Equal(await File.ReadAllTextAsync(files[0], TestContext.Current.CancellationToken), (await _jarvis.RunAsync("record", "export", "cost", "--month", "2026-07")).Output);
        Assert.Equal(await File.ReadAllTextAsync(files[1], TestContext.Current.CancellationToken), (await _jarvis.RunAsync("record", "export", "revenue", "--month", "2026-07")).Output);
    }

    [Fact]
    public async Task Import_OfAFileWithFaults_NamesAllOfThem_AndRecordsNothing()
    {
        string file = Path.Combine(_jarvis.Folder, "bad.csv");
        await File.WriteAllTextAsync(
            file,
            "category,amount_usd,period_start,period_end,goal\nvm,1,2026-07-01,2026-08-01,\nboat,1,2026-07-01,2026-08-01,\nvm,lots,yesterday,,x\n",
            TestContext.Current.CancellationToken);

        CliResult import = await _jarvis.RunAsync("record", "import", "cost", file);
        CliResult unknown = await _jarvis.RunAsync("record", "import", "revenue", file);

        Assert.Equal((2, 2), (import.ExitCode, unknown.ExitCode));
        Assert.All(
            (string[])["Line 3: category is 'boat'", "Line 4: amount_usd is 'lots'", "Line 4: period_start is 'yesterday'", "Line 4: period_end is missing", "Line 4: goal is 'x'"],
            fault => Assert.Contains(fault, import.Error, StringComparison.Ordinal));
        Assert.Contains("Not known: category, period_start, period_end, goal", unknown.Error, StringComparison.Ordinal);
        Assert.Single((await _jarvis.RunAsync("record", "export", "cost", "--month", "2026-07")).Lines);
    }

    [Theory]
    [InlineData(80, "costs|--month|2026-07|--by|model")]
    [InlineData(140, "costs|--month|2026-07|--by|model|--latency|--compare")]
    [InlineData(80, "costs|--month|2026-07|--by|model|--chart")]
    [InlineData(140, "costs|--month|2026-07|--by|day|--chart")]
    [InlineData(80, "pnl|--month|2026-07")]
    [InlineData(140, "pnl|--month|2026-07|--by|strategy")]
    [InlineData(80, "pnl|--month|2026-07|--chart")]
    public async Task Terminal_KeepsItsWidth_AndShowsTheFigures(int columns, string command)
    {
        CliResult result = await _jarvis.RunOnTerminalAsync(columns, command.Split('|'));
        string[] lines = [.. result.Output.ReplaceLineEndings("\n").Split('\n').Select(line => ControlSequence().Replace(line, ""))];

        Assert.Equal(0, result.ExitCode);
        Assert.All(lines.Where(line => !line.Contains(_jarvis.Folder, StringComparison.Ordinal)), line => Assert.True(line.Length <= columns, $"{line.Length}: {line}"));
        Assert.Contains(lines, line => line.Contains("1.50", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\e(\[[0-9;?]*[A-Za-z]|[()].|[=>])")]
    private static partial Regex ControlSequence();

    private Task AddCallAsync(string at, string tier, string model, long units, int? goal) => ForeignCalls.AddAsync(_jarvis.DatabaseFile, (at, tier, model, units, goal));
}
