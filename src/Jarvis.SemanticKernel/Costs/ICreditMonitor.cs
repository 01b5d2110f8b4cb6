namespace Jarvis.SemanticKernel;

/// <summary>Watches what is left of the key's limit. Thread-safe.</summary>
public interface ICreditMonitor
{
    /// <summary>Raised for every notice, after it is logged, on a thread of the pool. A handler that throws hurts nobody.</summary>
    event EventHandler<CreditNoticeEventArgs>? Noticed;

    /// <summary>Asks now, records the answer, and warns where there is reason to.</summary>
    /// <param name="cancellationToken">Cancels the asking.</param>
    /// <returns>What OpenRouter said.</returns>
    /// <exception cref="CreditsUnavailableException">OpenRouter cannot be reached, refuses the key, or has no such endpoint.</exception>
    Task<CreditReading> CheckAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks in the background from now on, every <see cref="CreditOptions.Interval"/>, until the container is disposed. A host does this by itself. Harmless when it is done already.</summary>
    void Start();
}
