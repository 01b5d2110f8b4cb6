using System.Text.Json;

namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>What an endpoint is asked besides completions. Costs nothing, goes by no filter and no switch, and is never repeated from here. Thread-safe.</summary>
internal interface IOpenRouterApi
{
    /// <summary>Gets what the ids begin with that OpenRouter gives to calls, and with them those that it can be asked about.</summary>
    string GenerationIdPrefix { get; }

    /// <summary>Asks about one call; null when the endpoint does not know it, or not yet.</summary>
    /// <exception cref="ApiFailureException">There is no usable answer.</exception>
    Task<Generation?> GetGenerationAsync(string id, CancellationToken cancellationToken);

    /// <summary>Asks what the key may spend and has spent; null when the endpoint has no such answer.</summary>
    /// <exception cref="ApiFailureException">There is no usable answer.</exception>
    Task<KeyUsage?> GetKeyAsync(CancellationToken cancellationToken);

    /// <summary>Asks for the models; null when the endpoint has no list.</summary>
    /// <exception cref="ApiFailureException">There is no usable answer.</exception>
    Task<JsonElement?> GetModelsAsync(CancellationToken cancellationToken);
}
