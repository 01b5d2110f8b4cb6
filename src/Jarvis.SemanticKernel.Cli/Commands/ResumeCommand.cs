using System.CommandLine;
using System.Diagnostics;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

internal static class ResumeCommand
{
    public static Command Create(GlobalOptions options)
    {
        Argument<string[]> reason = Reason.Create();
        reason.Description = "Why. It stays in the audit.";
        Option<string?> by = Reason.CreateBy();
        Command command = new("resume", "Release the kill switch.") { reason, by };
        command.SetAction(CommandRunner.For(options, (run, parsed, token) => RunAsync(run, Reason.TextOf(parsed, reason), Reason.OperatorOf(parsed, by), token)));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, string reason, string by, CancellationToken cancellationToken)
    {
        long startedAt = Stopwatch.GetTimestamp();
        await run.Operator.DeactivateAsync(reason, by, cancellationToken: cancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(startedAt);
        run.Print(new ChangeDocument(run.Database, Active: false, reason, by, Math.Round(took.TotalMilliseconds, 1)), CliJson.Default.ChangeDocument, screen =>
        {
            screen.State("open", isActive: false, "calls start again");
            screen.Fact("reason", reason);
            screen.Fact("by", by);
            screen.Fact("took", $"{took.TotalMilliseconds:0} ms until the database had committed it");
        });
        return ExitCode.Ok;
    }
}
