using System.CommandLine;
using System.Globalization;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>What was earned, what it cost, and what was left.</summary>
internal static class PnlCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static Command Create(GlobalOptions options)
    {
        PeriodOptions period = new("the month of UTC in which the end lies", to => new DateTimeOffset(to.UtcDateTime.AddTicks(-1).Year, to.UtcDateTime.AddTicks(-1).Month, 1, 0, 0, 0, TimeSpan.Zero));
        Option<string?> by = new("--by") { Description = "What a line stands for: goal or strategy. Default: goal.", HelpName = "KEY" };
        by.AcceptOnlyFromAmong("goal", "strategy");
        Option<bool> chart = new("--chart") { Description = "Draw what was left as bars." };
        Option<bool> csv = new("--csv") { Description = "Print comma-separated values with all digits." };
        Command command = new("pnl", "Say what was earned, what models and everything else cost, and what was left, by goal or strategy.") { by, chart, csv };
        period.AddTo(command);
        command.SetAction(CommandRunner.For(
            options,
            async (run, parsed, token) =>
            {
                (DateTimeOffset from, DateTimeOffset to) = period.Of(parsed);
                ProfitAndLossQuery query = new() { From = from, To = to, By = parsed.GetValue(by) == "strategy" ? ProfitAndLossGrouping.Strategy : ProfitAndLossGrouping.Goal };
                ProfitAndLossReport report = await Busy.WhileAsync("adding up", run.Costs.GetProfitAndLossAsync(query, token));
                if (parsed.GetValue(csv))
                {
                    run.PrintCsv(Csv(report));
                    return ExitCode.Ok;
                }

                run.Print(PnlDocument.Of(run.Database, report), CliJson.Default.PnlDocument, screen => Show(screen, report, parsed.GetValue(chart)));
                return ExitCode.Ok;
            },
            Patience));
        return command;
    }

    private static void Show(Terminal screen, ProfitAndLossReport report, bool chart)
    {
        screen.Fact("period", $"{Terminal.Time(report.Query.From)} to {Terminal.Time(report.Query.To)}");
        if (chart)
        {
            screen.Bars([.. report.Lines.Select(line => (Name(line), line.NetUsd, Money.Shown(line.NetUsd)))]);
        }
        else
        {
            string[] headings = report.Query.By == ProfitAndLossGrouping.Strategy ? ["strategy", "goal"] : ["goal"];
            screen.Figures([.. headings, "revenue", "models", "other costs", "net USD"], headings.Length, report.Lines.Select(line => Row([.. Keys(line)], line)), [Row(Title(), report.Total)]);
            string[] Title() => headings.Length == 2 ? ["total", ""] : ["total"];
        }

        if (report.Total.OtherInferenceUsd != 0)
        {
            screen.Fact("models", $"{Money.Exact(report.Total.OtherInferenceUsd)} USD of the other costs were for models outside the ledger");
        }

        if (report.Total.UnresolvedCalls > 0)
        {
            screen.Fact("unknown", $"{report.Total.UnresolvedCalls} calls may have cost something that nobody knows yet; see 'jarvis costs reconcile'");
        }

        IEnumerable<string> Keys(ProfitAndLossLine line) => report.Query.By == ProfitAndLossGrouping.Strategy
            ? [line.Strategy ?? (line.Goal is null ? "(not allocated)" : "(of the goal)"), Goal(line) ?? ""]
            : [Goal(line) ?? "(not allocated)"];

        string Name(ProfitAndLossLine line) => string.Join(" · ", Keys(line).Where(key => key.Length > 0));

        string[] Row(string[] keys, ProfitAndLossLine line) => [.. keys, Usd(line.RevenueUsd), Usd(line.AiSpendUsd), Usd(line.OperatingCostsUsd), Usd(line.NetUsd)];

        string Usd(decimal amount) => screen.IsPiped ? Money.Exact(amount) : Money.Shown(amount);
    }

    private static IEnumerable<IEnumerable<string?>> Csv(ProfitAndLossReport report) => report.Lines
        .Select(line => (IEnumerable<string?>)
        [
            line.Strategy, Goal(line), Money.Exact(line.RevenueUsd), Money.Exact(line.AiSpendUsd), Money.Exact(line.OperatingCostsUsd), Money.Exact(line.OtherInferenceUsd),
            Money.Exact(line.NetUsd), line.UnresolvedCalls.ToString(CultureInfo.InvariantCulture),
        ])
        .Prepend(["strategy", "goal", "revenue_usd", "ai_spend_usd", "operating_costs_usd", "other_inference_usd", "net_usd", "unresolved_calls"]);

    private static string? Goal(ProfitAndLossLine line) => line.Goal?.ToString(CultureInfo.InvariantCulture);
}
