using System.ComponentModel;
using System.Globalization;
using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Plugins;

/// <summary>What a model may do with the switch: look at it and activate it. It holds no object that could release it.</summary>
internal static class KillSwitchPlugin
{
    public const string Name = "KillSwitch";

    public static KernelPlugin Create(IKillSwitch killSwitch) => KernelPluginFactory.CreateFromFunctions(
        Name,
        "Emergency stop for all agents. You can look at it and pull it; only a human can release it.",
        [
            AlwaysCallable.Make(
                (CancellationToken cancellationToken) => StatusAsync(killSwitch, cancellationToken),
                "get_status",
                "Says whether the emergency stop is pulled, since when and why."),
            KernelFunctionFactory.CreateFromMethod(
                ([Description("Why everything has to stop, in one sentence for the human who will decide what happens next.")] string reason, CancellationToken cancellationToken) =>
                    ActivateAsync(killSwitch, reason, cancellationToken),
                "activate",
                "Pulls the emergency stop: every agent on every machine stops, this one too, until a human releases it. Use it when continuing would cause harm or "
                + "cost without use, for example a loop that makes no progress. It cannot be undone by you."),
        ]);

    private static async Task<string> StatusAsync(IKillSwitch killSwitch, CancellationToken cancellationToken)
    {
        KillSwitchState state = await killSwitch.GetStateAsync(cancellationToken).ConfigureAwait(false);
        return !state.IsActive
            ? "Not pulled: agents may work."
            : string.Create(CultureInfo.InvariantCulture, $"Pulled{(state.Since is { } at ? $" since {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : string.Empty)}: {state.Reason}. Only a human can release it.");
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
