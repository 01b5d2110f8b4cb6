namespace Jarvis.SemanticKernel.Costs;

/// <summary>Reports from the recorded calls.</summary>
internal sealed class CostReport(ICostStore store, IBookStore books, IBalanceStore balances, TimeProvider time) : ICostReport
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

    public async Task<SpendReport> GetSpendAsync(SpendQuery query, CancellationToken cancellationToken = default)
    {
        SpendQueryFaults.ThrowIfAny(query);
        SpendReport report = await ReadAsync(query, cancellationToken).ConfigureAwait(false);
        if (!query.WithPrevious)
        {
            return report;
        }

        // All lines of the period before: those that are on top now need not have been then.
        SpendQuery before = query with
        {
            From = SpendCalendar.StartOfPeriodBefore(query.From, query.To, query.TimeZone),
            To = query.From,
            Top = null,
            WithPrevious = false,
        };
        return report with { Previous = await ReadAsync(before, cancellationToken).ConfigureAwait(false) };
    }

    public async Task<SpendProjection> ProjectMonthAsync(SpendFilter? filter = null, TimeZoneInfo? timeZone = null, CancellationToken cancellationToken = default)
    {
        TimeZoneInfo zone = timeZone ?? TimeZoneInfo.Utc;
        DateTimeOffset now = TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone);
        IReadOnlyList<DateTimeOffset> month = SpendCalendar.Bounds(SpendGrouping.Month, now, now.AddTicks(1), zone);
        SpendProjection projection = new() { From = month[0], At = now, To = month[1] };
        if (now == projection.From)
        {
            return projection;
        }

        SpendQuery query = new() { From = projection.From, To = now, GroupBy = [], Filter = filter ?? SpendFilter.None, TimeZone = zone };
        SpendLine spent = (await GetSpendAsync(query, cancellationToken).ConfigureAwait(false)).Total;
        return projection with
        {
            SpentUsd = spent.CostUsd,
            Calls = spent.Calls,
            UnresolvedCalls = spent.UnresolvedCalls,
            ProjectedUsd = spent.CostUsd * ((decimal)(projection.To - projection.From).Ticks / (now - projection.From).Ticks),
        };
    }

    public Task<ProfitAndLossReport> GetProfitAndLossAsync(ProfitAndLossQuery query, CancellationToken cancellationToken = default) =>
        new ProfitAndLoss(store, books).ReadAsync(query, cancellationToken);

    public Task<CreditReading?> GetCreditsAsync(CancellationToken cancellationToken = default) => balances.ReadNewestAsync(cancellationToken);

    private async Task<SpendReport> ReadAsync(SpendQuery query, CancellationToken cancellationToken)
    {
        SpendRows rows = await store.ReadSpendAsync(SpendReading.Of(query), cancellationToken).ConfigureAwait(false);
        SpendLine[] lines = [.. SpendOrder.Sort(rows.Lines, query)];
        int listed = Math.Min(query.Top ?? lines.Length, lines.Length);
        return new SpendReport
        {
            Query = query,
            Lines = lines[..listed],
            Total = lines.Aggregate(new SpendLine(), Add) with { Latency = rows.Latency },
            Rest = listed < lines.Length ? lines[listed..].Aggregate(new SpendLine(), Add) : null,
            RestCount = lines.Length - listed,
            IsFromRawRows = rows.IsFromRawRows,
        };
    }

    private static SpendLine Add(SpendLine sum, SpendLine line) => new()
    {
        Calls = sum.Calls + line.Calls,
        FailedCalls = sum.FailedCalls + line.FailedCalls,
        UnresolvedCalls = sum.UnresolvedCalls + line.UnresolvedCalls,
        PromptTokens = sum.PromptTokens + line.PromptTokens,
        CompletionTokens = sum.CompletionTokens + line.CompletionTokens,
        CachedTokens = sum.CachedTokens + line.CachedTokens,
        ReasoningTokens = sum.ReasoningTokens + line.ReasoningTokens,
        CostUsd = sum.CostUsd + line.CostUsd,
    };
}
