using Jarvis.SemanticKernel;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace QuickStart;

/// <summary>An agent that works in rounds: the model asks for tools, reads their results, and asks again.</summary>
internal static class Agent
{
    public static async Task RunAsync(Kernel kernel)
    {
        Screen.Step("An agent with tools: every round is a call with its own record");

        #region agent
        Kernel agent = kernel.Clone();
        agent.Plugins.AddFromObject(new Warehouse());
        var settings = new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(), MaxTokens = 300 };

        using (JarvisScope.Begin(goal: 42, agent: "restocker"))
        {
            FunctionResult result = await agent.InvokePromptAsync(Prompts.Restock, new KernelArguments(settings));
            Screen.Answer("restocker", result.ToString());
        }
        #endregion
    }
}
