using System.CommandLine;
using System.Globalization;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

internal static class RetryRefusedCommand
{
    // As many records as there are, in batches, each with a limit of its own.
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    public static Command Create(GlobalOptions options)
    {
        Option<string?> journal = JournalOption.Create();
        Command command = new("retry-refused", "Put records into the database that it had refused, when the cause is gone. Stores none twice. Exit code 7 when some are refused again.") { journal };
        command.SetAction(CommandRunner.For(options, (run, _, token) => RunAsync(run, token), Patience, journal: parsed => parsed.GetValue(journal)));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        // A database that is missing or of another version is said as such, not as records that fail.
        await run.Tables.EnsureReadyAsync(cancellationToken);
        string? folder = (await run.Journal.GetStateAsync(cancellationToken)).Folder;
        JournalRetryReport report = await run.Journal.RetryRefusedAsync(cancellationToken);
        run.Print(
            new RetryDocument(run.Database, folder, report.Stored, report.StillRefused, report.FilesInUse, report.Fault), CliJson.Default.RetryDocument, screen => Show(screen, folder, report));
        if (report.Fault is not null)
        {
            run.PrintFault(report.Fault);
            return ExitCode.Failed;
        }

        return report is { StillRefused: 0, FilesInUse: 0 } ? ExitCode.Ok : ExitCode.RecordsRefused;
    }

    private static void Show(Terminal screen, string? folder, JournalRetryReport report)
    {
        screen.Fact("journal", folder ?? "none");
        screen.Fact("stored", report.Stored == 0 ? "nothing" : Records(report.Stored));
        if (report.StillRefused > 0)
        {
            screen.Alarm("refused", $"{Records(report.StillRefused)} again: the cause is still there");
        }

        if (report.FilesInUse > 0)
        {
            screen.Alarm("in use", $"{report.FilesInUse} files, for up to a minute after a refusal, or of a newer version: try again");
        }
    }

    private static string Records(long number) => number == 1 ? "1 record" : $"{number.ToString(CultureInfo.InvariantCulture)} records";
}
