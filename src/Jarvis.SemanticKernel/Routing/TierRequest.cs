namespace Jarvis.SemanticKernel.Routing;

/// <summary>What travels with a request through the handlers. One for all attempts.</summary>
internal sealed class TierRequest(string tier, string model, LogicalCall? call)
{
    public static HttpRequestOptionsKey<TierRequest> Key { get; } = new("Jarvis.Tier");

    public string Tier { get; } = tier;

    public string Model { get; } = model;

    public LogicalCall? Call { get; } = call;

    /// <summary>Gets or sets how many attempts have been started. Attempts follow each other, they never overlap.</summary>
    public int Attempts { get; set; }
}
