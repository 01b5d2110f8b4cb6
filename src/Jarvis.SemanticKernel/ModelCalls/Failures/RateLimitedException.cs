namespace Jarvis.SemanticKernel;

/// <summary>Too many calls: of this account, of everybody at the provider, or as many as the budget for calls under way holds. It works later.</summary>
public sealed class RateLimitedException : ModelCallException
{
    internal RateLimitedException(string message, ModelCallContext call, Exception? innerException)
        : base(message, call, innerException) =>
        RetryAt = call.Error?.RetryAfter is { } wait && wait < DateTimeOffset.MaxValue - call.EndedAt ? call.EndedAt + wait : null;

    /// <summary>Gets when another try may succeed, UTC, or <see langword="null"/> when the upstream did not say.</summary>
    public DateTimeOffset? RetryAt { get; }
}
