namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>A call that is asked about now and then. Times are those since the queue was made.</summary>
internal sealed class WaitingCall(UnresolvedCall call, TimeSpan addedAt)
{
    public UnresolvedCall Call { get; set; } = call;

    public TimeSpan AddedAt => addedAt;

    public int Tries { get; set; }

    /// <summary>Gets or sets a value indicating whether the try under way is the last one.</summary>
    public bool IsLastTry { get; set; }

    /// <summary>Gets or sets a value indicating whether the endpoint knows the call: prices are for those about which it is silent.</summary>
    public bool IsKnownUpstream { get; set; }
}
