using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>A tier as one state of the settings describes it. Immutable.</summary>
internal sealed class ServedTier(string name, TierOptions options, IChatCompletionService connector)
{
    public string Name { get; } = name;

    public string Model { get; } = options.Model!;

    public IReadOnlyList<string> FallbackModels { get; } = [.. options.FallbackModels];

    /// <summary>Gets Semantic Kernel's own chat service for the model.</summary>
    public IChatCompletionService Connector { get; } = connector;

    public TierSettings Settings { get; } = new(name, options);
}
