using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>A tier as one state of the settings describes it. Immutable.</summary>
internal sealed class ServedTier(string name, string model, IChatCompletionService connector)
{
    public string Name { get; } = name;

    public string Model { get; } = model;

    /// <summary>Gets Semantic Kernel's own chat service for the model.</summary>
    public IChatCompletionService Connector { get; } = connector;
}
