namespace Jarvis.SemanticKernel.Costs;

/// <summary>Sums over the recorded calls.</summary>
internal interface ICostStore
{
    /// <summary>Sums the calls that started in the half-open period and pass the filter, one line a key, in no particular order. Exact.</summary>
    Task<SpendRows> ReadSpendAsync(SpendReading reading, CancellationToken cancellationToken);
}
