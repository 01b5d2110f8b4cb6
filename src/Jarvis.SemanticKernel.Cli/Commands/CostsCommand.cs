using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>What was spent, by whatever keys.</summary>
internal static class CostsCommand
{
    private static readonly (string Word, SpendGrouping Grouping)[] Groupings =
    [
        ("tier", SpendGrouping.Tier), ("model", SpendGrouping.Model), ("provider", SpendGrouping.Provider), ("goal", SpendGrouping.Goal), ("agent", SpendGrouping.Agent),
        ("run", SpendGrouping.Run), ("function", SpendGrouping.Function), ("source", SpendGrouping.CostSource),
        ("hour", SpendGrouping.Hour), ("day", SpendGrouping.Day), ("week", SpendGrouping.Week), ("month", SpendGrouping.Month),
    ];

    // A question that has to read every row of millions may take its time.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static Command Create(GlobalOptions options)
    {
        PeriodOptions period = new("30 days before the end", to => to.AddDays(-30));
        Option<string[]> by = new("--by") { Description = $"What a line stands for: {string.Join(", ", Groupings.Select(known => known.Word))}. Again for a second key. Default: tier.", HelpName = "KEY" };
        by.Validators.Add(CheckWords);
        Option<int?> top = new("--top") { Description = "List only so many, the most expensive.", HelpName = "NUMBER" };
        Option<TimeZoneInfo?> zone = new("--zone") { Description = "Whose hours, days, weeks and months are meant, such as Europe/Berlin. Default: UTC.", HelpName = "ZONE", CustomParser = ParseZone };
        Option<bool> latency = new("--latency") { Description = "Add how long calls took. Reads every call of the period." };
        Option<bool> compare = new("--compare") { Description = "Add the period before." };
        Option<string?> chart = new("--chart") { Description = "Draw bars, or lines over time where these would be too many.", HelpName = $"{CostsChart.Bars}|{CostsChart.Line}", Arity = ArgumentArity.ZeroOrOne };
        chart.AcceptOnlyFromAmong(CostsChart.Bars, CostsChart.Line);
        Option<bool> csv = new("--csv") { Description = "Print comma-separated values with all digits." };
        Command command = new("costs", "Say what model calls cost, and find out what is not known yet.") { by, top, zone, latency, compare, chart, csv };
        command.Validators.Add(result =>
        {
            if (result.GetResult(chart)?.Tokens is [{ Value: CostsChart.Line }]
                && (result.GetResult(top) is not null || result.GetResult(by)?.Tokens.Any(word => Find(word.Value) is { } grouping && CostsChart.IsTime(grouping)) != true))
            {
                result.AddError("--chart line goes over time: add --by hour, day, week or month, and leave out --top.");
            }
        });
        period.AddTo(command);
        command.Add(ReconcileCommand.Create(options));
        command.SetAction(CommandRunner.For(
            options,
            async (run, parsed, token) =>
            {
                (DateTimeOffset from, DateTimeOffset to) = period.Of(parsed);
                SpendQuery query = new()
                {
                    From = from,
                    To = to,
                    GroupBy = parsed.GetValue(by) is { Length: > 0 } words ? [.. words.Select(word => Find(word)!.Value)] : [SpendGrouping.Tier],
                    Top = parsed.GetValue(top),
                    TimeZone = parsed.GetValue(zone) ?? TimeZoneInfo.Utc,
                    WithLatency = parsed.GetValue(latency),
                    WithPrevious = parsed.GetValue(compare),
                };
                SpendReport report = await ReadAsync(run, query, token);
                if (parsed.GetValue(csv))
                {
                    run.PrintCsv(CostsTable.Csv(report));
                    return ExitCode.Ok;
                }

                bool isChart = parsed.GetResult(chart) is not null;
                run.Print(CostsDocument.Of(run.Database, report), CliJson.Default.CostsDocument, screen =>
                {
                    if (isChart)
                    {
                        CostsChart.Draw(screen, report, parsed.GetValue(chart));
                        return;
                    }

                    CostsTable.Show(screen, report);
                });
                return ExitCode.Ok;
            },
            Patience));
        return command;
    }

    private static async Task<SpendReport> ReadAsync(CommandRun run, SpendQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return await Busy.WhileAsync("adding up", run.Costs.GetSpendAsync(query, cancellationToken));
        }
        catch (ArgumentException exception)
        {
            throw UsageException.Of(exception);
        }
    }

    private static void CheckWords(OptionResult result)
    {
        foreach (string word in result.Tokens.Select(token => token.Value).Where(word => Find(word) is null))
        {
            result.AddError($"--by is '{word}'. Accepted are {string.Join(", ", Groupings.Select(known => known.Word))}.");
        }
    }

    private static SpendGrouping? Find(string word) =>
        Array.FindIndex(Groupings, known => known.Word.Equals(word, StringComparison.OrdinalIgnoreCase)) is >= 0 and var at ? Groupings[at].Grouping : null;

    private static TimeZoneInfo? ParseZone(ArgumentResult argument)
    {
        string text = argument.Tokens is [var token] ? token.Value : "";
        if (TimeZoneInfo.TryFindSystemTimeZoneById(text, out TimeZoneInfo? zone))
        {
            return zone;
        }

        argument.AddError(string.Create(CultureInfo.InvariantCulture, $"--zone is '{text}'. Accepted are names such as UTC, Europe/Berlin or America/New_York."));
        return null;
    }
}
