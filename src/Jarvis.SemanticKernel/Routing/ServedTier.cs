using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>A tier as one state of the settings describes it. Immutable once its set is built.</summary>
internal sealed class ServedTier(string name, TierOptions options, IChatCompletionService connector, IChatClient client)
{
    public string Name { get; } = name;

    public string Model { get; } = options.Model!;

    public IReadOnlyList<string> FallbackModels { get; } = [.. options.FallbackModels];

    /// <summary>Gets Semantic Kernel's own chat service for the model.</summary>
    public IChatCompletionService Connector { get; } = connector;

    /// <summary>Gets the OpenAI SDK's own chat client for the model.</summary>
    public IChatClient Client { get; } = client;

    public TierSettings Settings { get; } = new(name, options);

    /// <summary>Gets or sets the tier that serves when this one cannot; null when none may.</summary>
    public TierFallback? Fallback { get; set; }
}
