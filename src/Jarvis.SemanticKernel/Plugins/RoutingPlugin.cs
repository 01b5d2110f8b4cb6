using System.ComponentModel;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Routing;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Plugins;

/// <summary>What a model may ask of the other tiers: which there are, and to do a part of its work.</summary>
internal static class RoutingPlugin
{
    public const string Name = ITaskDelegation.Plugin;

    // It holds nothing: whatever makes calls leads to the container, and there may be an operator in it.
    public static KernelPlugin Create() => KernelPluginFactory.CreateFromFunctions(
        Name,
        "Hands parts of the work over to other models, most of them cheaper than you.",
        [
            AlwaysCallable.Make(
                (Kernel kernel, CancellationToken cancellationToken) => Delegation(kernel).DescribeTiersAsync(cancellationToken),
                "list_tiers",
                "Lists the tiers of models: what each is for, and how its price compares."),
            KernelFunctionFactory.CreateFromMethod(
                (
                    Kernel kernel,
                    [Description("The whole task, with everything that is needed to do it: nothing else of this conversation is seen.")] string task,
                    [Description("The tier that does it, one of those that list_tiers names.")] string tier,
                    [Description("Whether the task may use your tools.")] bool with_tools = false,
                    CancellationToken cancellationToken = default) => Delegation(kernel).RunAsync(kernel, task, tier, with_tools, cancellationToken),
                "delegate",
                "Has a model of another tier do one self-contained task, and returns its answer."),
        ]);

    private static ITaskDelegation Delegation(Kernel kernel) => kernel.GetRequiredService<ITaskDelegation>();
}
