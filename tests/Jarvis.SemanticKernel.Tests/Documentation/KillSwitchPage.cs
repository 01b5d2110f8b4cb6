using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>The code that docs/kill-switch.md shows, run by <see cref="KillSwitchPageTests"/>.</summary>
internal static class KillSwitchPage
{
    public static async Task<string?> ExampleAsync(Kernel kernel)
    {
        string? shown = null;
        #region example
        IKillSwitch killSwitch = kernel.GetRequiredService<IKillSwitch>();
        var atOnce = new KillSwitchActivation { InFlight = KillSwitchInFlight.Cancel };
        await killSwitch.ActivateAsync("Orders the same part again and again", triggeredBy: "night-watch", atOnce);
        try
        {
            await kernel.InvokePromptAsync("Order what is missing");
        }
        catch (KillSwitchActiveException e)
        {
            Console.WriteLine(e.Message); // why, since when, and that only an operator can release it
            #endregion
            shown = e.Message;
            #region example
        }
        #endregion
        return shown;
    }

    public static async Task ScopeAsync(IKillSwitch killSwitch)
    {
        #region scope
        await killSwitch.ActivateAsync("Too dear", triggeredBy: "dana", new KillSwitchActivation { Scope = KillSwitchScope.ForTier(Tier.Strong) });
        #endregion
    }
}
