using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Doctor;

/// <summary>Whether the real switch can be read. That it is active is no fault: somebody wanted it.</summary>
internal static class SwitchCheck
{
    private const string Subject = "switch";

    public static async Task<DatabaseFinding> RunAsync(IKillSwitch killSwitch, CancellationToken cancellationToken)
    {
        try
        {
            KillSwitchState state = await killSwitch.GetStateAsync(cancellationToken);
            return !state.IsActive
                ? new(Subject, DatabaseFindingOutcome.Ok, "Readable and open.")
                : new(Subject, DatabaseFindingOutcome.Notice, $"ACTIVE since {(state.Since is { } since ? Terminal.Time(since) : "nobody knows when")}: {state.Reason ?? "no reason given"}");
        }
        catch (KillSwitchUnavailableException exception)
        {
            return new(Subject, DatabaseFindingOutcome.Fault, exception.Message);
        }
    }
}
