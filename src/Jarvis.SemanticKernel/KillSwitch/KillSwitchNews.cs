using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>Logs what is different in a new snapshot, once.</summary>
internal static class KillSwitchNews
{
    public static void Report(KillSwitchSnapshot before, KillSwitchSnapshot now, ILogger logger)
    {
        if (before.Stops.Count == 0 && now.Stops.Count == 0)
        {
            return;
        }

        foreach (KillSwitchState stop in now.Stops)
        {
            KillSwitchState? old = Find(before, stop.Scope);
            if (stop.Fault is { } fault && old?.Fault is null)
            {
                logger.KillSwitchUnreadable(fault);
            }
            else if (stop.Fault is null && old is not { Fault: null })
            {
                logger.KillSwitchActivated(stop.Scope.ToString(), stop.Reason ?? "no reason was given");
            }
        }

        foreach (KillSwitchState old in before.Stops)
        {
            KillSwitchState? stop = Find(now, old.Scope);
            if (old.Fault is not null && stop?.Fault is null)
            {
                logger.KillSwitchReadable();
            }
            else if (old.Fault is null && stop is null)
            {
                logger.KillSwitchReleased(old.Scope.ToString());
            }
        }
    }

    private static KillSwitchState? Find(KillSwitchSnapshot snapshot, KillSwitchScope scope) => snapshot.Stops.FirstOrDefault(stop => stop.Scope == scope);
}
