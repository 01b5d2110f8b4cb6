using System.CommandLine;
using System.Diagnostics;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

internal static class MigrateCommand
{
    // Others may be migrating, and a large table takes its time.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static Command Create(GlobalOptions options)
    {
        Command command = new("migrate", "Create the database, its tables or what is missing of them. Safe to run twice. No other command creates anything.");
        command.SetAction(CommandRunner.For(options, (run, _, token) => RunAsync(run, token), Patience));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        long startedAt = Stopwatch.GetTimestamp();
        await run.Tables.MigrateAsync(cancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(startedAt);
        run.Print(new MigrateDocument(run.Database, Math.Round(took.TotalMilliseconds, 1)), CliJson.Default.MigrateDocument, screen =>
        {
            screen.Fact("schema", "current");
            screen.Fact("took", $"{took.TotalMilliseconds:0} ms");
        });
        return ExitCode.Ok;
    }
}
