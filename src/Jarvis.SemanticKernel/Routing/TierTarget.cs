namespace Jarvis.SemanticKernel.Routing;

/// <summary>Where the requests of a tier go: what is the same for all of them.</summary>
internal sealed record TierTarget(string Tier, string Model)
{
    /// <summary>Gets the models that may answer instead.</summary>
    public IReadOnlyList<string> FallbackModels { get; init; } = [];

    /// <summary>Gets the key that requests are sent with, so that an upstream that repeats it can be told from one that does not.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Gets a value indicating whether somebody else than the endpoint of the package serves them, of whom nothing can be asked afterwards.</summary>
    public bool IsServedElsewhere { get; init; }

    /// <summary>Gets what tokens cost there; null when nobody said.</summary>
    public TierPrices? Prices { get; init; }
}
