namespace Jarvis.SemanticKernel.Costs;

/// <summary>Sums over the recorded calls.</summary>
internal interface ICostStore
{
    /// <summary>Sums the calls that started in the half-open period, one line a key, in no particular order. Exact.</summary>
    Task<IReadOnlyList<SpendLine>> ReadSpendAsync(DateTimeOffset from, DateTimeOffset to, SpendGrouping by, CancellationToken cancellationToken);
}
