using System.Diagnostics.CodeAnalysis;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>The scopes of the call that a prompt will lead to: known from the prompt alone, before there is a call.</summary>
internal static class PromptScopes
{
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A prompt that cannot be routed makes no call; who invoked it gets to know why.")]
    public static KillSwitchScope[] Of(PromptRenderContext prompt)
    {
        try
        {
            return prompt.Kernel.ServiceSelector.TrySelectAIService(prompt.Kernel, prompt.Function, prompt.Arguments, out IChatCompletionService? service, out _)
                && service is TierChatCompletionService { Bound: { Served: var tier, Attribution: var attribution } }
                    ? KillSwitchScope.Covering(tier.Name, tier.Model, attribution, tier.FallbackModels)
                    : [];
        }
        catch (Exception)
        {
            return [];
        }
    }
}
