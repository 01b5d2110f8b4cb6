using Jarvis.SemanticKernel;
using Jarvis.SemanticKernel.Routing;

namespace Microsoft.SemanticKernel;

/// <summary>Choose the tier of a prompt and attribute its cost.</summary>
public static class JarvisKernelArgumentsExtensions
{
    /// <summary>Chooses the tier that serves the prompt.</summary>
    /// <param name="arguments">The arguments of the call; changed and returned.</param>
    /// <param name="tier">The name of a tier, see <see cref="Tier"/>. A service id or model id in the execution settings wins over it; it wins over <see cref="JarvisRoutingOptions.Routes"/>.</param>
    /// <returns><paramref name="arguments"/>.</returns>
    public static KernelArguments WithTier(this KernelArguments arguments, string tier)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentException.ThrowIfNullOrWhiteSpace(tier);
        CallArguments.SetTier(arguments, tier);
        return arguments;
    }

    /// <summary>Attributes the prompt, and everything its tools call, to a goal.</summary>
    /// <param name="arguments">The arguments of the call; changed and returned.</param>
    /// <param name="goalId">The goal. It wins over that of a surrounding <see cref="JarvisScope"/>.</param>
    /// <returns><paramref name="arguments"/>.</returns>
    public static KernelArguments WithGoal(this KernelArguments arguments, int goalId)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        CallArguments.SetGoal(arguments, goalId);
        return arguments;
    }
}
