namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>The durable queue of calls to ask about: the records themselves.</summary>
internal interface IUnresolvedCallStore
{
    /// <summary>Reads the newest calls whose cost is unknown and whose id begins with <paramref name="idPrefix"/>, the newest first.</summary>
    /// <param name="idPrefix">What their generation ids begin with.</param>
    /// <param name="since">When the oldest may have started.</param>
    /// <param name="withComputed">Whether those whose cost was computed from prices belong to them.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    Task<IReadOnlyList<UnresolvedCall>> ReadAsync(string idPrefix, DateTimeOffset since, bool withComputed, int limit, CancellationToken cancellationToken);
}
