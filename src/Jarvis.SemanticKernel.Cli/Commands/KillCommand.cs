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
        Option<bool> now = new("--now") { Description = "Cut calls and streams under way too, in every process. Without it they finish, unless a process is set to cut them." };
        Option<int> wait = Waiting.Create();
        ScopeOptions scope = new();
        Command command = new("kill", "Stop every model call and every tool of every process that shares the database, or those of one tier, model, agent or goal.") { reason, now, by, wait };
        scope.AddTo(command);
        command.SetAction(CommandRunner.For(
            options,
            (run, parsed, token) => RunAsync(
                run,
                new KillSwitchActivation { Scope = scope.ScopeOf(parsed), InFlight = parsed.GetValue(now) ? KillSwitchInFlight.Cancel : null },
                Reason.TextOf(parsed, reason),
                Reason.OperatorOf(parsed, by),
                Waiting.TimeOf(parsed, wait),
                token),
            wait: parsed => Waiting.TimeOf(parsed, wait)));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, KillSwitchActivation activation, string reason, string by, TimeSpan wait, CancellationToken cancellationToken)
    {
        KillSwitchScope scope = activation.Scope;
        long startedAt = Stopwatch.GetTimestamp();
        await run.KillSwitch.ActivateAsync(reason, by, activation, cancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(startedAt);
        run.Begin(screen =>
        {
            screen.State("ACTIVE", isActive: true, $"{SwitchWords.StoppedFromNowOn(scope)} until '{SwitchWords.Resume(scope)}'");
            SwitchWords.Show(screen, scope);
            SwitchWords.Show(screen, activation.InFlight);
            screen.Fact("reason", reason);
            screen.Fact("by", by);
            screen.Fact("took", $"{took.TotalMilliseconds:0} ms until the database had committed it");
        });
        Acknowledgement? seen = await Waiting.ForAsync(run, startedAt, wait, cancellationToken);
        run.Print(
            new ChangeDocument(run.Database, scope.ToString(), Active: true, reason, by, Math.Round(took.TotalMilliseconds, 1), SwitchWords.InFlight(activation.InFlight), AcknowledgementDocument.From(seen)),
            CliJson.Default.ChangeDocument,
            screen => Waiting.Show(screen, seen, wait));
        return Waiting.ExitCodeOf(seen);
    }
}
