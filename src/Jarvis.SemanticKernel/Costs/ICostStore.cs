namespace Jarvis.SemanticKernel.Costs;

/// <summary>The recorded calls, and sums over them.</summary>
internal interface ICostStore
{
    /// <summary>Reads the calls that started last, newest first.</summary>
    Task<IReadOnlyList<CallLine>> ReadCallsAsync(int limit, DateTimeOffset since, AiCallStatus? status, CancellationToken cancellationToken);

    /// <summary>Sums the calls that started in the half-open period and pass the filter, one line a key, in no particular order. Exact.</summary>
    Task<SpendRows> ReadSpendAsync(SpendReading reading, CancellationToken cancellationToken);
}
