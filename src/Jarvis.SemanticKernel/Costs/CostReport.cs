namespace Jarvis.SemanticKernel.Costs;

/// <summary>Reports from the recorded calls.</summary>
internal sealed class CostReport(ICostStore store) : ICostReport
{
    private const int MostCalls = 1000;

    public async Task<IReadOnlyList<CallLine>> GetCallsAsync(
        int limit = 20, DateTimeOffset? since = null, AiCallStatus? status = null, CancellationToken cancellationToken = default)
    {
        if (limit is < 1 or > MostCalls)
        {
            throw new ArgumentException($"It is {limit}; 1 to {MostCalls} are accepted.", nameof(limit));
        }

        if (status is { } wanted && !Enum.IsDefined(wanted))
        {
            throw new ArgumentException($"Accepted are {string.Join(", ", Enum.GetNames<AiCallStatus>())}.", nameof(status));
        }

        return await store.ReadCallsAsync(limit, since ?? DateTimeOffset.UnixEpoch, status, cancellationToken).ConfigureAwait(false);
    }

    public async Task<SpendReport> GetSpendAsync(
        DateTimeOffset from, DateTimeOffset to, SpendGrouping by = SpendGrouping.Tier, CancellationToken cancellationToken = default)
    {
        if (to <= from)
        {
            throw new ArgumentException($"The period has to end after its start, {from:O}; {to:O} does not.", nameof(to));
        }

        if (!Enum.IsDefined(by))
        {
            throw new ArgumentException($"Accepted are {string.Join(", ", Enum.GetNames<SpendGrouping>())}.", nameof(by));
        }

        IReadOnlyList<SpendLine> lines = await store.ReadSpendAsync(from, to, by, cancellationToken).ConfigureAwait(false);
        SpendLine[] ordered = [.. lines.OrderByDescending(line => line.CostUsd).ThenBy(line => line.Key, StringComparer.Ordinal)];
        return new SpendReport(from, to, by, ordered, ordered.Aggregate(new SpendLine(null, 0, 0, 0, 0, 0, 0m), Add));
    }

    private static SpendLine Add(SpendLine sum, SpendLine line) => new(
        null,
        sum.Calls + line.Calls,
        sum.FailedCalls + line.FailedCalls,
        sum.UnresolvedCalls + line.UnresolvedCalls,
        sum.PromptTokens + line.PromptTokens,
        sum.CompletionTokens + line.CompletionTokens,
        sum.CostUsd + line.CostUsd);
}
