namespace Jarvis.SemanticKernel;

/// <summary>Asks the upstream about calls whose cost nobody knows, however old they are. Thread-safe.</summary>
public interface ICostReconciliation
{
    /// <summary>
    /// Asks once about every call with an id of OpenRouter whose cost is unknown, or was computed from a price list, one after the other and the newest first. What is
    /// found corrects the record; a better source is never replaced by a worse one, so running it twice, or in several processes at once, does no harm.
    /// </summary>
    /// <param name="since">The start of the oldest call to ask about; <see langword="null"/> for all.</param>
    /// <param name="progress">Told after each call.</param>
    /// <param name="cancellationToken">Ends the asking; what was found until then stays.</param>
    /// <returns>What was found. An endpoint that refuses the key or does not answer ends the asking and is no exception: see <see cref="ReconciliationReport.Fault"/>.</returns>
    /// <exception cref="JarvisDatabaseException">The database cannot be used as it is.</exception>
    Task<ReconciliationReport> ReconcileAsync(DateTimeOffset? since = null, IProgress<ReconciliationReport>? progress = null, CancellationToken cancellationToken = default);
}
