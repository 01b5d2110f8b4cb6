using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel;

/// <summary>A model call happened and its record could not be made durable.</summary>
public sealed class LedgerException : KernelException
{
    /// <summary>Initializes a new instance of the <see cref="LedgerException"/> class.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="record">The record that is not in the ledger.</param>
    /// <param name="innerException">Why the store refused it.</param>
    public LedgerException(string message, AiCallRecord record, Exception? innerException)
        : base(message, innerException) => Record = record;

    /// <summary>Gets the record that is not in the ledger, with what is known of the call's cost.</summary>
    public AiCallRecord Record { get; }

    /// <summary>Gets the answer that was paid for, as the upstream sent it, or <see langword="null"/>.</summary>
    /// <value>
    /// The body of an answer in one piece. Null for a stream, whose reader has had all of it but the final event, and when no answer came. Not part of the exception's text; it may
    /// quote the prompt, so keep it out of logs.
    /// </value>
    public string? ResponseBody { get; internal set; }
}
