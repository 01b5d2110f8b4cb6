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
        ScopeOptions scope = new();
        Command command = new("resume", "Release the global kill switch, or that of one tier, model, agent or goal.") { reason, by };
        scope.AddTo(command);
        command.SetAction(CommandRunner.For(
            options, (run, parsed, token) => RunAsync(run, scope.ScopeOf(parsed), Reason.TextOf(parsed, reason), Reason.OperatorOf(parsed, by), token)));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, KillSwitchScope scope, string reason, string by, CancellationToken cancellationToken)
    {
        long startedAt = Stopwatch.GetTimestamp();
        await run.Operator.DeactivateAsync(reason, by, scope, cancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(startedAt);
        run.Print(new ChangeDocument(run.Database, scope.ToString(), Active: false, reason, by, Math.Round(took.TotalMilliseconds, 1)), CliJson.Default.ChangeDocument, screen =>
        {
            screen.State("open", isActive: false, SwitchWords.Open(scope));
            SwitchWords.Show(screen, scope);
            screen.Fact("reason", reason);
            screen.Fact("by", by);
            screen.Fact("took", $"{took.TotalMilliseconds:0} ms until the database had committed it");
        });
        return ExitCode.Ok;
    }
}
