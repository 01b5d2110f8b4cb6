using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>The name under which a kernel function is attributed: <c>Plugin.Function</c>, or the function alone outside of a plugin.</summary>
internal static class FunctionName
{
    public static string Of(KernelFunction function) =>
        string.IsNullOrEmpty(function.PluginName) ? function.Name : $"{function.PluginName}.{function.Name}";
}
