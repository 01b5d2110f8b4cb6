using System.CommandLine;
using System.Diagnostics;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

internal static class KillCommand
{
    public static Command Create(GlobalOptions options)
    {
        Argument<string[]> reason = Reason.Create();
        Option<string?> by = Reason.CreateBy();
        Command command = new("kill", "Stop every model call and every tool of every process that shares the database.") { reason, by };
        command.SetAction(CommandRunner.For(options, (run, parsed, token) => RunAsync(run, Reason.TextOf(parsed, reason), Reason.OperatorOf(parsed, by), token)));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, string reason, string by, CancellationToken cancellationToken)
    {
        long startedAt = Stopwatch.GetTimestamp();
        await run.KillSwitch.ActivateAsync(reason, by, cancellationToken: cancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(startedAt);
        run.Print(new ChangeDocument(run.Database, Active: true, reason, by, Math.Round(took.TotalMilliseconds, 1)), CliJson.Default.ChangeDocument, screen =>
        {
            screen.State("ACTIVE", isActive: true, "nothing new starts until 'jarvis resume'");
            screen.Fact("reason", reason);
            screen.Fact("by", by);
            screen.Fact("took", $"{took.TotalMilliseconds:0} ms until the database had committed it");
        });
        return ExitCode.Ok;
    }
}
