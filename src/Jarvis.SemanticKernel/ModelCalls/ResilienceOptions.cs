namespace Jarvis.SemanticKernel;

/// <summary>Retries and time limits of model calls. An attempt that reached the upstream may be billed, so every attempt has a record of its own.</summary>
public sealed class ResilienceOptions
{
    /// <summary>Gets or sets how often a failed call is sent again.</summary>
    /// <value>Between 0 and 10; the default is 2, which makes three attempts.</value>
    public int MaxRetries { get; set; } = 2;

    /// <summary>Gets or sets the wait before the first retry; later ones double it, with jitter. An upstream's <c>Retry-After</c> is honoured instead.</summary>
    /// <value>Between zero and one minute; the default is one second.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the longest <c>Retry-After</c> that is waited for. An upstream that asks for more fails the call at once.</summary>
    /// <value>Between zero and one hour; the default is one minute.</value>
    public TimeSpan MaxRetryWait { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets the limit for one attempt: to the end of the body, or for a stream to its first event.</summary>
    /// <value>More than zero, at most one hour; the default is five minutes.</value>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Gets or sets the limit of one attempt for the first sign of an answer: the first event of a stream, comments left out, or the headers of an answer in one piece.
    /// One that is longer than <see cref="AttemptTimeout"/> never passes.
    /// </summary>
    /// <value>At least ten milliseconds, at most one hour; the default is three minutes.</value>
    public TimeSpan FirstByteTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>Gets or sets the limit for all attempts and the waits between them.</summary>
    /// <value>At least <see cref="AttemptTimeout"/>, at most one day; the default is 15 minutes.</value>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Gets or sets how long a running stream may be silent. Comments of the upstream count as life.</summary>
    /// <value>More than zero, at most one day; the default is five minutes.</value>
    public TimeSpan StreamIdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets how long the reader of a running stream may pause before the call is closed.</summary>
    /// <value>More than zero, at most one day; the default is 30 minutes.</value>
    public TimeSpan ReaderIdleTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Gets or sets the limit for a stream from its first event to its end.</summary>
    /// <value>More than zero, at most one day; the default is two hours.</value>
    public TimeSpan StreamTimeout { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Gets when a tier whose upstream fails is left alone.</summary>
    public CircuitBreakerOptions CircuitBreaker { get; } = new();
}
