namespace Jarvis.SemanticKernel;

/// <summary>The one door through which model calls are recorded. Thread-safe.</summary>
public interface IAiCallLedger
{
    /// <summary>Appends one record and completes when it is durable.</summary>
    /// <param name="record">The record. Appending a <see cref="AiCallRecord.CallId"/> again changes nothing.</param>
    /// <returns>A task that completes after the commit. There is no cancellation: a call that was paid for is recorded whoever still waits for it.</returns>
    /// <exception cref="LedgerException">The record could not be made durable. The exception carries the record.</exception>
    Task AppendAsync(AiCallRecord record);
}
