using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Doctor;

/// <summary>Whether the real switches can be read. That one is active is no fault: somebody wanted it.</summary>
internal static class SwitchCheck
{
    private const string Subject = "switch";

    public static async Task<IReadOnlyList<DatabaseFinding>> RunAsync(IKillSwitch killSwitch, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<KillSwitchState> states = await killSwitch.GetStatesAsync(cancellationToken);
            return [.. states.Where(state => state.IsActive || state.Scope.Kind == KillSwitchScopeKind.Global).Select(Describe)];
        }
        catch (KillSwitchUnavailableException exception)
        {
            return [new(Subject, DatabaseFindingOutcome.Fault, exception.Message)];
        }
    }

    private static DatabaseFinding Describe(KillSwitchState state)
    {
        string which = state.Scope.Kind == KillSwitchScopeKind.Global ? "" : $"{state.Scope}: ";
        return state.Fault is { } fault ? new(Subject, DatabaseFindingOutcome.Fault, $"{which}{SwitchWords.Stopped(state.Scope)}: {fault}")
            : !state.IsActive ? new(Subject, DatabaseFindingOutcome.Ok, $"{which}Readable and open.")
            : new(Subject, DatabaseFindingOutcome.Notice,
                $"{which}ACTIVE since {(state.Since is { } since ? Terminal.Time(since) : "nobody knows when")}, {SwitchWords.Stopped(state.Scope)}: {state.Reason ?? "no reason given"}");
    }
}
