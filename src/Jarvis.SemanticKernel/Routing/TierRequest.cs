namespace Jarvis.SemanticKernel.Routing;

/// <summary>What travels with a request through the handlers. One for all attempts.</summary>
internal sealed class TierRequest(string tier, string model, LogicalCall? call)
{
    private static readonly HttpRequestOptionsKey<TierRequest> Key = new("Jarvis.Tier");

    public string Tier { get; } = tier;

    public string Model { get; } = model;

    /// <summary>Gets the models that may answer instead.</summary>
    public IReadOnlyList<string> FallbackModels { get; init; } = [];

    /// <summary>Gets the key that the request is sent with, so that an upstream that repeats it can be told from one that does not.</summary>
    public string? ApiKey { get; init; }

    public LogicalCall? Call { get; } = call;

    /// <summary>Gets a value indicating whether somebody else than the endpoint of the package serves it, of whom nothing can be asked afterwards.</summary>
    public bool IsServedElsewhere { get; init; }

    /// <summary>Gets what tokens cost there; null when nobody said.</summary>
    public TierPrices? Prices { get; init; }

    /// <summary>Gets or sets the caller's own token: inside the retry it cannot be told from a time limit.</summary>
    public CancellationToken Caller { get; set; }

    /// <summary>Gets or sets the token that the caller and the limit for all attempts together cancel.</summary>
    public CancellationToken AllAttempts { get; set; }

    /// <summary>Gets or sets what ends the waits between attempts; null when only the caller does.</summary>
    public IAttemptBreak? Break { get; set; }

    /// <summary>Gets or sets a value indicating whether the limit for all attempts together has passed.</summary>
    public bool TotalTimeoutPassed { get; set; }

    /// <summary>Gets or sets the newest attempt.</summary>
    public ModelCallContext? LastCall { get; set; }

    /// <summary>Gets or sets how many attempts have been started. Attempts follow each other, they never overlap.</summary>
    public int Attempts { get; set; }

    public static TierRequest? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out TierRequest? tier) ? tier : null;

    public void StampOn(HttpRequestMessage request) => request.Options.Set(Key, this);
}
