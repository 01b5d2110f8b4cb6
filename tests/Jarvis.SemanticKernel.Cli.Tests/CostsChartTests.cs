using System.Globalization;
using System.Text.RegularExpressions;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary><c>jarvis costs --chart</c> over time: as a process, on terminals of two widths and into pipes.</summary>
public sealed partial class CostsChartTests : IAsyncLifetime
{
    private static readonly string[] Spring = ["--since", "2025-03-27T23:00:00Z", "--until", "2025-03-31T22:00:00Z", "--zone", "Europe/Berlin"];
    private static readonly string[] Quarter = ["--since", "2025-01-01", "--until", "2025-04-01", "--by", "day"];

    private readonly CommandLine _jarvis = new();

    public async ValueTask InitializeAsync()
    {
        _jarvis.Environment["JARVIS_DATABASE_URL"] = _jarvis.DatabaseFile;
        Assert.Equal(0, (await _jarvis.RunAsync("db", "migrate")).ExitCode);
    }

    public ValueTask DisposeAsync()
    {
        _jarvis.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Pipe_GetsEveryUnitOfTheZone_ThoseWithoutCallsToo()
    {
        await AddAsync(("2025-03-28 10:00:00", "mid", 12_500_001), ("2025-03-30 21:30:00", "mid", 100), ("2025-03-30 22:30:00", "cheap", 200));

        CliResult days = await _jarvis.RunAsync(["costs", .. Spring, "--by", "day", "--chart"]);
        CliResult lines = await _jarvis.RunAsync(["costs", .. Spring, "--by", "day", "--chart", "line"]);
        CliResult tiers = await _jarvis.RunAsync(["costs", .. Spring, "--by", "tier", "--by", "day", "--chart"]);
        CliResult nothing = await _jarvis.RunAsync("costs", "--since", "2024-12-30", "--until", "2025-01-07", "--by", "week", "--chart");

        Assert.Equal(["2025-03-28\t0.12500001", "2025-03-29\t0", "2025-03-30\t0.000001", "2025-03-31\t0.000002"], Amounts(days));
        Assert.Equal(Amounts(days), Amounts(lines));
        Assert.Equal(
            [
                "mid · 2025-03-28\t0.12500001", "cheap · 2025-03-28\t0", "mid · 2025-03-29\t0", "cheap · 2025-03-29\t0",
                "mid · 2025-03-30\t0.000001", "cheap · 2025-03-30\t0", "mid · 2025-03-31\t0", "cheap · 2025-03-31\t0.000002",
            ],
            Amounts(tiers));
        Assert.Equal(["2024-12-30\t0", "2025-01-06\t0"], Amounts(nothing));
        Assert.DoesNotContain('\e', days.All + lines.All + tiers.All);
    }

    [Theory]
    [InlineData("2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z", 23, "01:00 +01:00", "03:00 +02:00")]
    [InlineData("2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z", 25, "02:00 +02:00", "02:00 +01:00")]
    public async Task Hours_OfADayOnWhichClocksChange_AreAsManyAsItHas(string since, string until, int count, string before, string after)
    {
        string[] hours = Amounts(await _jarvis.RunAsync("costs", "--since", since, "--until", until, "--zone", "Europe/Berlin", "--by", "hour", "--chart"));

        Assert.Equal(count, hours.Distinct().Count());
        int change = Array.FindIndex(hours, hour => hour.Contains(before, StringComparison.Ordinal));
        Assert.Contains(after, hours[change + 1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Units_ThatHaveNotBegun_AreNotZero()
    {
        DateTime first = TimeProvider.System.GetUtcNow().UtcDateTime.Date;
        CliResult days = await _jarvis.RunAsync("costs", "--since", Day(first.AddDays(-3)), "--until", Day(first.AddDays(9)), "--by", "day", "--chart");
        CliResult future = await _jarvis.RunOnTerminalAsync(80, "costs", "--since", "2999-01-01", "--until", "2999-03-01", "--by", "day", "--chart", "line");
        DateTime last = TimeProvider.System.GetUtcNow().UtcDateTime.Date;

        // It may have become midnight meanwhile.
        Assert.InRange(Amounts(days).Length, 4, 4 + (last - first).Days);
        Assert.Equal($"{Day(first)}\t0", Amounts(days)[3]);
        Assert.Equal(0, future.ExitCode);

        static string Day(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(140)]
    public async Task Line_OfManyDays_IsHighWhereTheyAreDear_AndFillsTheWidth(int columns)
    {
        // 90 days: 2 USD on the tenth, 1 USD on the last, and next to nothing on the fortieth.
        await AddAsync(("2025-01-10 10:00:00", "mid", 200_000_000), ("2025-02-09 10:00:00", "mid", 1), ("2025-03-31 10:00:00", "mid", 100_000_000));

        string[] screen = await ScreenAsync(columns, [.. Quarter, "--chart"]);

        Assert.Contains("total: 3.00 USD, highest 2.00 (2025-01-10)", screen);
        (string Label, string Cells)[] rows = Plot(screen);
        Assert.Equal(["2.00", "", "", "1.50", "", "", "1.00", "", "", "0.50", "", "", "0.00"], rows.Select(row => row.Label));
        Assert.Equal((ColumnOf(9), ColumnOf(9) + 1), (rows[0].Cells.Length - rows[0].Cells.TrimStart().Length, rows[0].Cells.Length));
        Assert.Equal(ColumnOf(89) + 1, rows[6].Cells.Length);
        Assert.Equal(('⣀', '⣀', false), (rows[12].Cells[ColumnOf(36)], rows[12].Cells[ColumnOf(42)], rows[12].Cells[ColumnOf(39)] == '⣀'));

        int ColumnOf(int day) => day * ((2 * (columns - 7)) - 1) / 89 / 2;
    }

    [Theory]
    [InlineData(80, "day", "2025-04-01", "01-01 01-15 02-01 02-15 03-01 03-15")]
    [InlineData(140, "day", "2025-04-01", "01-06 01-13 01-20 01-27 02-03 02-10 02-17 02-24 03-03 03-10 03-17 03-24 03-31")]
    [InlineData(80, "hour", "2025-01-08", "01-01 01-02 01-03 01-04 01-05 01-06 01-07")]
    [InlineData(140, "hour", "2025-01-03", "01-01 03:00 06:00 09:00 12:00 15:00 18:00 21:00 01-02 03:00 06:00 09:00 12:00 15:00 18:00 21:00")]
    [InlineData(80, "hour", "2025-01-03", "01-01 06:00 12:00 18:00 01-02 06:00 12:00 18:00")]
    [InlineData(80, "week", "2025-07-01", "01-06 02-03 03-03 04-07 05-05 06-02")]
    [InlineData(80, "month", "2026-07-01", "2025-01 2025-04 2025-07 2025-10 2026-01 2026-04")]
    public async Task Line_TimesBelow_AreThoseThatPeopleCountBy_AndStandAtTheirTicks(int columns, string unit, string until, string names)
    {
        await AddAsync(("2026-06-20 10:00:00", "mid", 1));
        string[] screen = await ScreenAsync(columns, "--since", "2025-01-01", "--until", until, "--by", unit, "--chart", "line");

        int ground = Array.FindIndex(screen, line => line.Contains('└', StringComparison.Ordinal));
        Assert.Equal(names.Split(' '), screen[ground + 1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        int[] ticks = [.. Enumerable.Range(0, screen[ground].Length).Where(column => screen[ground][column] == '┬')];
        int[] starts = [.. Name().Matches(screen[ground + 1]).Select(name => name.Index)];
        Assert.Equal(ticks[..^1], starts[..^1]);
        Assert.Equal(Math.Min(ticks[^1], screen[ground].Length - Name().Matches(screen[ground + 1])[^1].Length), starts[^1]);
    }

    [Theory]
    [InlineData(1, "0.0000000100 0.0000000075 0.0000000050 0.0000000025 0.0000000000")]
    [InlineData(1_100_000, "0.015 0.010 0.005 0.000")]
    [InlineData(100_000_000, "1.00 0.75 0.50 0.25 0.00")]
    [InlineData(1_250_000_000, "15 10 5 0")]
    [InlineData(999_000_000_000, "10,000 7,500 5,000 2,500 0")]
    public async Task Line_AmountsAtTheLeft_AreRound(long units, string labels)
    {
        await AddAsync(("2025-02-01 10:00:00", "mid", units));

        Assert.Equal(labels.Split(' '), Plot(await ScreenAsync(80, [.. Quarter, "--chart"])).Select(row => row.Label).Where(label => label.Length > 0));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(140)]
    public async Task Lines_OfSeveralKeys_AreBelowEachOther_TheDearestFirst_AndNothingIsLeftOut(int columns)
    {
        string longName = "a-tier-with-a-name-that-is-much-longer-than-anybody-would-like-to-read-it-in-a-chart-of-figures-on-a-screen";
        await AddAsync([.. Enumerable.Range(1, 6).Select(tier => ($"2025-02-{tier:00} 10:00:00", tier == 6 ? longName : $"t{tier}", tier * 10_000_000L))]);

        string[] screen = await ScreenAsync(columns, [.. Quarter, "--by", "tier", "--chart"]);

        Assert.Equal(
            [
                "tier a-tier-with-a-name-that-is-much-lo…: 0.60 USD, highest 0.60 (2025-02-06)", "tier t5: 0.50 USD, highest 0.50 (2025-02-05)",
                "tier t4: 0.40 USD, highest 0.40 (2025-02-04)", "3 others: 0.60 USD, highest 0.30 (2025-02-03)",
            ],
            Title().Matches(Blanks().Replace(string.Join(' ', screen), " ")).Select(title => title.Value));
        Assert.Equal(Enumerable.Repeat("0.60  0.40  0.20  0.00", 4), Plot(screen).Chunk(7).Select(rows => string.Join(' ', rows.Select(row => row.Label))));
    }

    [Fact]
    public async Task Shape_IsBarsForFew_LinesForMany_UnlessToldOtherwise()
    {
        await AddAsync(("2025-01-10 10:00:00", "mid", 200_000_000), ("2025-01-12 10:00:00", "cheap", 100));
        string[] days = ["--since", "2025-01-01", "--by", "day", "--until"];

        Assert.Empty(Plot(await ScreenAsync(80, [.. days, "2025-01-25", "--chart"])));
        Assert.Equal(13, Plot(await ScreenAsync(80, [.. days, "2025-01-26", "--chart"])).Length);
        Assert.Equal(13, Plot(await ScreenAsync(80, [.. days, "2025-01-02", "--chart", "line"])).Length);
        string[] bars = await ScreenAsync(80, [.. days, "2025-03-01", "--chart", "bars"]);
        Assert.Equal(59, bars.Count(line => line.StartsWith("2025-", StringComparison.Ordinal)));
        Assert.Contains(bars, line => line.StartsWith("2025-01-11 ", StringComparison.Ordinal) && line.EndsWith(" 0.00", StringComparison.Ordinal));
        Assert.Equal(["2025-01-10\t2", "2025-01-12\t0.000001"], Amounts(await _jarvis.RunAsync(["costs", .. Quarter, "--top", "2", "--chart"])));

        CliResult tooMany = await _jarvis.RunOnTerminalAsync(80, ["costs", .. Quarter, "--chart", "bars"]);
        Assert.Equal((2, true), (tooMany.ExitCode, tooMany.Output.Contains("90 bars are more than one can look at: take --chart line", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("--chart|line", "--chart line goes over time: add --by hour, day, week or month")]
    [InlineData("--by|day|--top|3|--chart|line", "leave out --top")]
    [InlineData("--by|day|--chart|pie", "'pie' not recognized")]
    public async Task Shape_ThatCannotBe_IsExplained(string arguments, string explanation)
    {
        CliResult result = await _jarvis.RunAsync(["costs", .. arguments.Split('|')]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(explanation, result.Error, StringComparison.OrdinalIgnoreCase);
    }

    private static (string Label, string Cells)[] Plot(string[] screen) =>
        [.. screen.Select(line => Row().Match(line)).Where(row => row.Success).Select(row => (row.Groups[1].Value.Trim(), row.Groups[2].Value))];

    [GeneratedRegex("^([ 0-9.,]+) [│┤](.*)$")]
    private static partial Regex Row();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();

    [GeneratedRegex("[0-9:-]+")]
    private static partial Regex Name();

    [GeneratedRegex("(tier|[0-9]) [^ ]+: [0-9.]+ USD, highest [0-9.]+ \\([0-9-]+\\)")]
    private static partial Regex Title();

    [GeneratedRegex(@"\e(\[[0-9;?]*[A-Za-z]|[()].|[=>])")]
    private static partial Regex ControlSequence();

    private static string[] Amounts(CliResult result) => [.. result.Lines.Where(line => line.Contains('\t', StringComparison.Ordinal))];

    private Task AddAsync(params (string At, string Tier, long Units)[] calls) =>
        ForeignCalls.AddAsync(_jarvis.DatabaseFile, calls.Select(call => ($"{call.At}.000000", call.Tier, "vendor/small", call.Units, (int?)null)));

    private async Task<string[]> ScreenAsync(int columns, params string[] arguments)
    {
        CliResult result = await _jarvis.RunOnTerminalAsync(columns, ["costs", .. arguments]);
        string[] lines = [.. result.Output.ReplaceLineEndings("\n").Split('\n').Select(line => ControlSequence().Replace(line, ""))];
        Assert.True(result.ExitCode == 0, result.All);
        Assert.All(lines.Where(line => !line.Contains(_jarvis.Folder, StringComparison.Ordinal)), line => Assert.True(line.Length <= columns, $"{line.Length}: {line}"));
        return lines;
    }
}
