using Jarvis.SemanticKernel.OpenRouter;

namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>A call whose cost is not known well enough.</summary>
internal sealed record UnresolvedCall(Guid CallId, string? GenerationId, DateTimeOffset StartedAt, DateTimeOffset EndedAt)
{
    /// <summary>
    /// Gets the model that answered and its tokens, where a price list tells the cost. Only of calls that this container made: a row does not say which endpoint it went
    /// to, and another one's prices are none.
    /// </summary>
    public (string Model, TokenCounts Tokens)? Priced { get; init; }

    public static UnresolvedCall Of(AiCallRecord record) => new(record.CallId, record.GenerationId, record.StartedAt, record.StartedAt + record.Latency);
}
