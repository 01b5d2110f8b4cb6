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
        ScopeOptions scope = new();
        Command command = new("resume", "Release the global kill switch, or that of one tier, model, agent or goal.") { reason, by, wait };
        scope.AddTo(command);
        command.SetAction(CommandRunner.For(
            options,
            (run, parsed, token) => RunAsync(run, scope.ScopeOf(parsed), Reason.TextOf(parsed, reason), Reason.OperatorOf(parsed, by), Waiting.TimeOf(parsed, wait), token),
            wait: parsed => Waiting.TimeOf(parsed, wait)));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, KillSwitchScope scope, string reason, string by, TimeSpan wait, CancellationToken cancellationToken)
    {
        long startedAt = Stopwatch.GetTimestamp();
        await run.Operator.DeactivateAsync(reason, by, scope, cancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(startedAt);
        run.Begin(screen =>
        {
            screen.State("open", isActive: false, SwitchWords.Open(scope));
            SwitchWords.Show(screen, scope);
            screen.Fact("reason", reason);
            screen.Fact("by", by);
            screen.Fact("took", $"{took.TotalMilliseconds:0} ms until the database had committed it");
        });
        Acknowledgement? seen = await Waiting.ForAsync(run, startedAt, wait, cancellationToken);
        run.Print(
            new ChangeDocument(run.Database, scope.ToString(), Active: false, reason, by, Math.Round(took.TotalMilliseconds, 1), InFlight: null, AcknowledgementDocument.From(seen)),
            CliJson.Default.ChangeDocument,
            screen => Waiting.Show(screen, seen, wait));
        return Waiting.ExitCodeOf(seen);
    }
}
