using System.ComponentModel;
using System.Globalization;
using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Plugins;

/// <summary>What a model may do with the switch: look at it and activate it. It holds no object that could release it.</summary>
internal static class KillSwitchPlugin
{
    public const string Name = "KillSwitch";

    // A model pays for every word it reads.
    private const int MostStops = 10;

    public static KernelPlugin Create(IKillSwitch killSwitch) => KernelPluginFactory.CreateFromFunctions(
        Name,
        "Emergency stop for all agents. You can look at it and pull it; only a human can release it.",
        [
            AlwaysCallable.Make(
                (CancellationToken cancellationToken) => StatusAsync(killSwitch, cancellationToken),
                "get_status",
                "Says whether the emergency stop is pulled, for everything or for one tier, model, agent or goal, since when and why."),
            KernelFunctionFactory.CreateFromMethod(
                ([Description("Why everything has to stop, in one sentence for the human who will decide what happens next.")] string reason, CancellationToken cancellationToken) =>
                    ActivateAsync(killSwitch, reason, cancellationToken),
                "activate",
                "Pulls the emergency stop: every agent on every machine stops, this one too, until a human releases it. Use it when continuing would cause harm or "
                + "cost without use, for example a loop that makes no progress. It cannot be undone by you."),
        ]);

    private static async Task<string> StatusAsync(IKillSwitch killSwitch, CancellationToken cancellationToken)
    {
        IReadOnlyList<KillSwitchState> states = await killSwitch.GetStatesAsync(cancellationToken).ConfigureAwait(false);
        string[] stops = [.. states.Where(state => state.IsActive).Take(MostStops).Select(Describe)];
        return stops.Length == 0 ? "Not pulled: agents may work." : $"{string.Join(' ', stops)} Only a human can release it.";
    }

    private static string Describe(KillSwitchState state)
    {
        string which = state.Scope.Kind == KillSwitchScopeKind.Global ? string.Empty : $" for {state.Scope}";
        return state.Fault is { } fault ? $"Counts as pulled{which}, since it cannot be read: {fault}"
            : string.Create(CultureInfo.InvariantCulture, $"Pulled{which}{(state.Since is { } at ? $" since {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : string.Empty)}: {state.Reason}.");
    }

    private static async Task<string> ActivateAsync(IKillSwitch killSwitch, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await killSwitch.ActivateAsync(reason, "agent", cancellationToken: cancellationToken).ConfigureAwait(false);
            return "Pulled. Everything stops now; only a human can release it.";
        }
        catch (ArgumentException e)
        {
            return $"Not pulled: {e.Message}";
        }
    }
}
