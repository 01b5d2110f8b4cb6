namespace Jarvis.SemanticKernel;

/// <summary>
/// When a tier is left alone because its upstream fails. Attempts are counted for each tier of a process: time-outs, connections that fail or break, and errors of 500 and
/// above are failures, answers and streams that began are successes. Refusals of 400 to 499, cancelled calls and calls that the kill switch stopped count as neither.
/// </summary>
public sealed class CircuitBreakerOptions
{
    /// <summary>Gets or sets a value indicating whether a tier whose upstream fails is left alone.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Gets or sets the share of failures among the attempts of <see cref="Window"/> at which the tier is left alone.</summary>
    /// <value>Between 0.001 and 1; the default is 0.5, which is half of them.</value>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Gets or sets how many attempts must have ended within <see cref="Window"/> before their failures say anything.</summary>
    /// <value>Between 2 and 1,000,000; the default is 20.</value>
    public int MinimumAttempts { get; set; } = 20;

    /// <summary>Gets or sets the time over which attempts are counted.</summary>
    /// <value>Between half a second and one day; the default is 30 seconds.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets how long the tier is left alone. Then one call is let through, and more only when that one is answered; a call that fails begins another break.
    /// </summary>
    /// <value>Between half a second and one day; the default is 15 seconds.</value>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(15);
}
