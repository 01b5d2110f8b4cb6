using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>The service ids of execution settings.</summary>
internal static class ServiceIds
{
    /// <summary>Whether it is the one of settings for any service.</summary>
    public static bool IsDefault(string id) =>
        id.Length == 0 || string.Equals(id, PromptExecutionSettings.DefaultServiceId, StringComparison.OrdinalIgnoreCase);
}
