using Jarvis.SemanticKernel;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace QuickStart;

/// <summary>One prompt for each way to name a tier.</summary>
internal static class Routes
{
    public static async Task RunAsync(Kernel kernel)
    {
        Screen.Step("Three tiers, three ways to choose one");

        #region routes
        var strong = new OpenAIPromptExecutionSettings { ServiceId = Tier.Strong, MaxTokens = 200 };
        FunctionResult plan = await kernel.InvokePromptAsync(Prompts.Plan, new KernelArguments(strong));
        Screen.Answer("ServiceId = Tier.Strong", plan.ToString());

        var small = new OpenAIPromptExecutionSettings { MaxTokens = 200 };
        FunctionResult label = await kernel.InvokePromptAsync(Prompts.Mail, new KernelArguments(small).WithTier(Tier.Cheap).WithGoal(42));
        Screen.Answer("WithTier(Tier.Cheap)", label.ToString());

        FunctionResult thanks = await kernel.InvokePromptAsync(Prompts.Thanks, new KernelArguments(small));
        Screen.Answer("no tier named", thanks.ToString());
        #endregion
    }
}
