using Jarvis.SemanticKernel;
using Jarvis.SemanticKernel.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace QuickStart;

/// <summary>An agent runs away, somebody pulls the kill switch, and nothing starts until an operator releases it.</summary>
internal static class Stop
{
    public static async Task RunAsync(Kernel kernel, OpenRouterSimulator? upstream)
    {
        Screen.Step("The kill switch, pulled in the middle of a tool run");
        var warehouse = new Warehouse();
        Kernel agent = kernel.Clone();
        agent.Plugins.AddFromObject(warehouse);
        var settings = new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(), MaxTokens = 200 };

        #region kill
        IKillSwitch killSwitch = kernel.Services.GetRequiredService<IKillSwitch>();
        Task<FunctionResult> run = agent.InvokePromptAsync(Prompts.Runaway, new KernelArguments(settings));
        await Task.WhenAny(run, warehouse.SecondOrder);

        await killSwitch.ActivateAsync("The restocker orders the same part again and again", triggeredBy: "quickstart");
        try
        {
            await run;
        }
        catch (KillSwitchActiveException e)
        {
            Screen.Stopped(e.Message);
        }
        #endregion

        Count atStop = Count.Of(warehouse, upstream);
        await RefusedAsync(kernel);
        await Task.Delay(TimeSpan.FromMilliseconds(600));
        Screen.StoodStill(atStop, Count.Of(warehouse, upstream));

        #region release
        IKillSwitchOperator person = kernel.Services.GetRequiredService<IKillSwitchOperator>();
        await person.DeactivateAsync("The prompt is fixed", triggeredBy: "operator");
        #endregion

        Screen.Released(await killSwitch.GetHistoryAsync(limit: 2));
        var cheap = new OpenAIPromptExecutionSettings { ServiceId = Tier.Cheap, MaxTokens = 100 };
        Screen.Answer("released", (await kernel.InvokePromptAsync(Prompts.Resume, new KernelArguments(cheap))).ToString());
    }

    /// <summary>A run that was interrupted while the switch was active leaves it so: that is what it is for.</summary>
    public static async Task ReleaseLeftoverAsync(Kernel kernel)
    {
        KillSwitchState state = await kernel.Services.GetRequiredService<IKillSwitch>().GetStateAsync();
        if (state.IsActive)
        {
            Screen.Note("An earlier run ended while its kill switch was active; this one releases it.");
            await kernel.Services.GetRequiredService<IKillSwitchOperator>().DeactivateAsync("Left over from an earlier run", triggeredBy: "quickstart");
        }
    }

    private static async Task RefusedAsync(Kernel kernel)
    {
        try
        {
            await kernel.InvokePromptAsync(Prompts.Thanks);
        }
        catch (KillSwitchActiveException)
        {
            Screen.Note("A new prompt, while the switch is active: refused before anything is sent.");
        }
    }
}
