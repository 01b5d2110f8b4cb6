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
        Option<int> wait = Waiting.Create();
        Command command = new("resume", "Release the kill switch.") { reason, by, wait };
        command.SetAction(CommandRunner.For(
            options,
            (run, parsed, token) => RunAsync(run, Reason.TextOf(parsed, reason), Reason.OperatorOf(parsed, by), Waiting.TimeOf(parsed, wait), token),
            wait: parsed => Waiting.TimeOf(parsed, wait)));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, string reason, string by, TimeSpan wait, CancellationToken cancellationToken)
    {
        long startedAt = Stopwatch.GetTimestamp();
        await run.Operator.DeactivateAsync(reason, by, cancellationToken: cancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(startedAt);
        run.Begin(screen =>
        {
            screen.State("open", isActive: false, "calls start again");
            screen.Fact("reason", reason);
            screen.Fact("by", by);
            screen.Fact("took", $"{took.TotalMilliseconds:0} ms until the database had committed it");
        });
        Acknowledgement? seen = await Waiting.ForAsync(run, startedAt, wait, cancellationToken);
        run.Print(
            new ChangeDocument(run.Database, Active: false, reason, by, Math.Round(took.TotalMilliseconds, 1), AcknowledgementDocument.From(seen)),
            CliJson.Default.ChangeDocument,
            screen => Waiting.Show(screen, seen, wait));
        return Waiting.ExitCodeOf(seen);
    }
}
