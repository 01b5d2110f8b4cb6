using Jarvis.SemanticKernel;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace QuickStart;

/// <summary>An answer that arrives word by word, and is recorded before its last word counts as read.</summary>
internal static class Streaming
{
    public static async Task RunAsync(Kernel kernel)
    {
        Screen.Step("A streamed answer");

        #region streaming
        var settings = new OpenAIPromptExecutionSettings { ServiceId = Tier.Strong, MaxTokens = 200 };
        await foreach (StreamingKernelContent part in kernel.InvokePromptStreamingAsync(Prompts.Explain, new KernelArguments(settings)))
        {
            Screen.Stream(part.ToString());
        }
        #endregion

        Screen.EndLine();
    }
}
