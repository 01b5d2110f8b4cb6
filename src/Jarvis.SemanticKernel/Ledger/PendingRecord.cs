namespace Jarvis.SemanticKernel.Ledger;

/// <summary>A record that was handed over, and what its caller waits for. It ends once, whoever ends it.</summary>
internal sealed class PendingRecord(AiCallRecord record, long since) : TaskCompletionSource, IThreadPoolWorkItem
{
    // The fields that are not text, with their share of the statement.
    private const int FixedSize = 256;

    private int _isClaimed;

    public AiCallRecord Record => record;

    /// <summary>Gets or sets why it could not be made durable.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Gets when it was handed over, as a timestamp of the ledger's clock.</summary>
    public long Since => since;

    /// <summary>Gets about how many bytes it is on its way to the store.</summary>
    public long Size { get; } = FixedSize
        + (sizeof(char) * (Length(record.Tier) + Length(record.RequestedModel) + Length(record.Model) + Length(record.Provider) + Length(record.GenerationId)
            + Length(record.Error) + Length(record.Agent) + Length(record.Function) + Length(record.RunId) + Length(record.Route)));

    /// <summary>True for the first one to ask, who is to end the waiting.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _isClaimed, 1) == 0;

    /// <summary>Ends the waiting. What the caller does then is done on this thread.</summary>
    public void Execute()
    {
        if (Failure is null)
        {
            TrySetResult();
        }
        else
        {
            TrySetException(Failure);
        }
    }

    private static long Length(string? text) => text?.Length ?? 0;
}
