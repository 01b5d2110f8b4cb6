using System.CommandLine;
using System.Globalization;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

internal static class ReconcileCommand
{
    // As many calls as there are, one after the other. Every question has a limit of its own.
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    public static Command Create(GlobalOptions options)
    {
        Option<DateTimeOffset?> since = Since.Create("Only calls that started since then: 7d, 12h, a date, a time. Default: all.");
        Command command = new("reconcile", "Ask OpenRouter what calls cost whose answers did not say, and correct their records. Costs nothing. Exit code 6 when some stay unknown.") { since };
        command.SetAction(CommandRunner.For(options, (run, parsed, token) => RunAsync(run, parsed.GetValue(since), token), Patience, readsModelSettings: true));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        ReconciliationReport report;
        using (ProgressLine progress = new())
        {
            report = await run.Reconciliation.ReconcileAsync(since, new ProgressOf<ReconciliationReport>(progress, SoFar), cancellationToken);
        }

        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        SpendReport spend = await run.Costs.GetSpendAsync(new SpendQuery { From = since ?? DateTimeOffset.UnixEpoch, To = now.AddDays(1), GroupBy = [] }, cancellationToken);
        run.Print(ReconcileDocument.From(run.Database, since, report, spend.Total.UnresolvedCalls), CliJson.Default.ReconcileDocument, screen => Show(screen, report, spend.Total.UnresolvedCalls));
        if (report.Fault is not null)
        {
            run.PrintFault(report.Fault);
            return ExitCode.Failed;
        }

        return report.Unknown > 0 ? ExitCode.CostsUnknown : ExitCode.Ok;
    }

    private static void Show(Terminal screen, ReconciliationReport report, long remaining)
    {
        screen.Fact("asked", report.Total == 0 ? "nothing: no call with an id of OpenRouter lacks its cost" : $"about {report.Asked} of {Calls(report.Total)}");
        if (report.Reconciled > 0)
        {
            screen.Fact("found", $"{Calls(report.Reconciled)} cost {report.CostUsd.ToString(CultureInfo.InvariantCulture)} USD");
        }

        if (report.KnownMeanwhile > 0)
        {
            screen.Fact("known", $"{Calls(report.KnownMeanwhile)} got a cost from another process meanwhile");
        }

        if (report.Unknown > 0)
        {
            screen.Fact("unknown", $"{Calls(report.Unknown)}, of which the endpoint knows nothing, or no cost that can be meant");
        }

        screen.Fact("remaining", remaining == 0 ? "no call that may have cost something lacks its cost" : $"{Calls(remaining)} that may have cost something nobody knows");
    }

    private static string SoFar(ReconciliationReport report) => $"asked about {report.Asked} of {Calls(report.Total)}, found the cost of {report.Reconciled}";

    private static string Calls(long number) => number == 1 ? "1 call" : $"{number.ToString(CultureInfo.InvariantCulture)} calls";
}
