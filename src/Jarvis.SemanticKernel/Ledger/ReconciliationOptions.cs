namespace Jarvis.SemanticKernel;

/// <summary>How the upstream is asked afterwards what a call cost, when its answer did not say.</summary>
/// <remarks>
/// Asking is no model call and costs nothing, so it goes on while the kill switch is active. What is not answered in time keeps its unknown cost, and is asked about again by the
/// next process, by <see cref="ICostReconciliation"/> and by <c>jarvis costs reconcile</c>.
/// </remarks>
public sealed class ReconciliationOptions
{
    /// <summary>Gets or sets a value indicating whether this process asks on its own.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Gets or sets how long after a call the upstream is asked first. Later waits are twice the one before.</summary>
    /// <value>Ten milliseconds to one minute; the default is two seconds. OpenRouter was seen to need up to twenty.</value>
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets the longest wait between two questions about one call.</summary>
    /// <value>At least <see cref="FirstWait"/>, at most ten minutes; the default is 30 seconds.</value>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long a call is asked about.</summary>
    /// <value>Zero, which asks once, to one hour; the default is two minutes.</value>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets or sets how old a call may be that an earlier process left without a cost, for this one to ask about it.</summary>
    /// <value>Zero, which leaves them all, to 30 days; the default is one day. At most the 1,000 newest are taken.</value>
    public TimeSpan PickUpWithin { get; set; } = TimeSpan.FromDays(1);
}
