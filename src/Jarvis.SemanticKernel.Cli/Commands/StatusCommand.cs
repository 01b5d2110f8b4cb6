using System.CommandLine;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

internal static class StatusCommand
{
    // The audit says who; this many changes back it is asked.
    private const int Remembered = 1000;

    public static Command Create(GlobalOptions options)
    {
        ScopeOptions scope = new();
        Command command = new(
            "status", "Say which kill switches are active, since when, by whom and why, and which processes act on them. Exit code 3 while the global one is, or that of the tier, model, agent or goal that is named.");
        scope.AddTo(command);
        command.SetAction(CommandRunner.For(options, (run, parsed, token) => RunAsync(run, scope.ScopeOf(parsed), token)));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, KillSwitchScope asked, CancellationToken cancellationToken)
    {
        KillSwitchState global = await run.KillSwitch.GetStateAsync(cancellationToken);
        IReadOnlyList<KillSwitchState> states = await run.KillSwitch.GetStatesAsync(cancellationToken);
        IReadOnlyList<KillSwitchAuditEntry> history = await run.KillSwitch.GetHistoryAsync(Remembered, cancellationToken);
        KillSwitchState[] scoped = [.. states.Skip(1).Where(state => asked.Kind == KillSwitchScopeKind.Global || state.Scope == asked || IsOfAll(state))];
        KillSwitchProcessReport report = await run.Processes.GetProcessesAsync(cancellationToken);
        string? by = FindAuthor(global, history);
        StatusDocument document = new(
            run.Database, global.IsActive, global.Reason, global.Since, by,
            scoped.Select(state => new SwitchDocument(
                state.Scope.ToString(), state.IsActive, state.Reason, state.Since, FindAuthor(state, history), state.Fault, SwitchWords.InFlight(state.InFlight))),
            SwitchWords.InFlight(global.InFlight),
            report.CurrentVersion,
            report.Processes.Select(process => ProcessDocument.From(process, report)));
        run.Print(document, CliJson.Default.StatusDocument, screen =>
        {
            Show(screen, global, by);
            foreach (KillSwitchState state in scoped)
            {
                Show(screen, state, FindAuthor(state, history));
            }

            if (asked.Kind != KillSwitchScopeKind.Global && !Array.Exists(scoped, state => state.Scope == asked))
            {
                Show(screen, new KillSwitchState { Scope = asked, IsActive = false }, by: null);
            }

            ProcessTable.Show(screen, report);
        });

        // What nobody can tell is as little open as what is active, and a switch of something unknown stops everything.
        KillSwitchState[] answers = [global, .. scoped.Where(state => state.Scope == asked || IsOfAll(state))];
        return Array.Exists(answers, state => state.IsActive && state.Fault is null) ? ExitCode.SwitchIsActive
            : Array.Exists(answers, state => state.IsActive) ? ExitCode.Failed
            : ExitCode.Ok;
    }

    private static void Show(Terminal screen, KillSwitchState state, string? by)
    {
        if (state.Fault is { } fault)
        {
            screen.State("UNREADABLE", isActive: true, SwitchWords.Stopped(state.Scope));
            SwitchWords.Show(screen, state.Scope);
            screen.Fact("fault", fault);
            return;
        }

        screen.State(state.IsActive ? "ACTIVE" : "open", state.IsActive, state.IsActive ? SwitchWords.Stopped(state.Scope) : SwitchWords.Open(state.Scope));
        SwitchWords.Show(screen, state.Scope);
        SwitchWords.Show(screen, state.InFlight);
        if (state.Since is null && state.Reason is null && !state.IsActive)
        {
            screen.Fact("since", "ever; the switch was never used");
            return;
        }

        screen.Fact("since", state.Since is { } since ? Terminal.Time(since) : "unknown: nobody wrote it down");
        screen.Fact("by", by ?? "unknown: the newest row of the audit is about another change");
        screen.Fact("reason", state.Reason ?? "none was given");
    }

    private static bool IsOfAll(KillSwitchState state) => state.Scope.Kind is KillSwitchScopeKind.Global or KillSwitchScopeKind.Unknown;

    // The state does not say who; the audit does, unless somebody wrote the state by hand.
    private static string? FindAuthor(KillSwitchState state, IReadOnlyList<KillSwitchAuditEntry> history) =>
        history.FirstOrDefault(entry => entry.Scope == state.Scope) is { } entry && entry.Action == (state.IsActive ? "activate" : "deactivate") && entry.Reason == state.Reason
            ? entry.TriggeredBy : null;
}
