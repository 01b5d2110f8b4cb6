using Jarvis.SemanticKernel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace PlannerSample;

/// <summary>A job that a planner splits: the strong tier thinks, and others do what it hands over with the plugin <c>Routing</c>.</summary>
internal static class Newsletter
{
    public static async Task<SpendReport> WriteAsync(Kernel kernel, string prompt, string run)
    {
        Screen.Step($"{run}: {prompt.Split('\n')[0]}");
        DateTimeOffset start = DateTimeOffset.UtcNow;

        // The route rule "Planner.*" chooses the tier: the function is named, the model is not.
        var settings = new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        KernelFunction plan = KernelFunctionFactory.CreateFromPrompt(prompt, settings, functionName: "Write");
        KernelPlugin planner = KernelPluginFactory.CreateFromFunctions("Planner", [plan]);

        // One goal for each of the two runs, since every delegated task has a run of its own.
        using (JarvisScope.Begin(goal: run == "split" ? 1 : 2, agent: "editor", run: run))
        {
            FunctionResult result = await kernel.InvokeAsync(planner["Write"]);
            Screen.Answer(result.ToString());
        }

        ICostReport costs = kernel.Services.GetRequiredService<ICostReport>();
        return await costs.GetSpendAsync(new SpendQuery { From = start, To = DateTimeOffset.UtcNow.AddMilliseconds(1), GroupBy = [SpendGrouping.Tier] });
    }
}
