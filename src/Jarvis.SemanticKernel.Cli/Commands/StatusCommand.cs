using System.CommandLine;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

internal static class StatusCommand
{
    public static Command Create(GlobalOptions options)
    {
        Command command = new("status", "Say whether the kill switch is active, since when, by whom and why, and which processes act on it. Exit code 3 while it is.");
        command.SetAction(CommandRunner.For(options, (run, _, token) => RunAsync(run, token)));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        KillSwitchState state = await run.KillSwitch.GetStateAsync(cancellationToken);
        string? by = await FindAuthorAsync(run.KillSwitch, state, cancellationToken);
        KillSwitchProcessReport report = await run.Processes.GetProcessesAsync(cancellationToken);
        run.Begin(screen =>
        {
            screen.State(state.IsActive ? "ACTIVE" : "open", state.IsActive, state.IsActive ? "nothing starts" : "calls may start");
            if (state.Since is null && state.Reason is null)
            {
                screen.Fact("since", "ever; the switch was never used");
                return;
            }

            screen.Fact("since", state.Since is { } since ? Terminal.Time(since) : "unknown: nobody wrote it down");
            screen.Fact("by", by ?? "unknown: the newest row of the audit is about another change");
            screen.Fact("reason", state.Reason ?? "none was given");
        });
        run.Print(
            new StatusDocument(run.Database, state.IsActive, state.Reason, state.Since, by, report.CurrentVersion, report.Processes.Select(process => ProcessDocument.From(process, report))),
            CliJson.Default.StatusDocument,
            screen => ProcessTable.Show(screen, report));
        return state.IsActive ? ExitCode.SwitchIsActive : ExitCode.Ok;
    }

    // The state does not say who; the audit does, unless somebody wrote the state by hand.
    private static async Task<string?> FindAuthorAsync(IKillSwitch killSwitch, KillSwitchState state, CancellationToken cancellationToken)
    {
        IReadOnlyList<KillSwitchAuditEntry> newest = await killSwitch.GetHistoryAsync(1, cancellationToken);
        return newest is [var entry] && entry.Action == (state.IsActive ? "activate" : "deactivate") && entry.Reason == state.Reason ? entry.TriggeredBy : null;
    }
}
