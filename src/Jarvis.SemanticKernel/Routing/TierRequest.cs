namespace Jarvis.SemanticKernel.Routing;

/// <summary>What travels with a request through the handlers. One for all attempts.</summary>
internal sealed class TierRequest(TierTarget target, LogicalCall? call)
{
    private static readonly HttpRequestOptionsKey<TierRequest> Key = new("Jarvis.Tier");

    public string Tier => target.Tier;

    public string Model => target.Model;

    public IReadOnlyList<string> FallbackModels => target.FallbackModels;

    public string? ApiKey => target.ApiKey;

    public bool IsServedElsewhere => target.IsServedElsewhere;

    public TierPrices? Prices => target.Prices;

    public LogicalCall? Call => call;

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
