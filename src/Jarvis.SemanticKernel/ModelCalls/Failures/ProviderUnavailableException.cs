namespace Jarvis.SemanticKernel;

/// <summary>
/// The provider or the endpoint is down, overloaded, out of reach, or failed by its own fault. It may work later. After many such failures of a tier its calls get this
/// exception without being sent, until <see cref="RetryAt"/>.
/// </summary>
public sealed class ProviderUnavailableException : ModelCallException
{
    internal ProviderUnavailableException(string message, ModelCallContext call, Exception? innerException)
        : base(message, call, innerException) =>
        RetryAt = call.Error?.RetryAfter is { } wait && wait < DateTimeOffset.MaxValue - call.EndedAt ? call.EndedAt + wait : null;

    internal ProviderUnavailableException(string message, string tier, string model, DateTimeOffset retryAt)
        : base(message, tier, model) => RetryAt = retryAt;

    /// <summary>Gets when another try may succeed, UTC, or <see langword="null"/> when nobody said.</summary>
    public DateTimeOffset? RetryAt { get; }
}
