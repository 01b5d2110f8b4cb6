namespace Jarvis.SemanticKernel.Costs;

/// <summary>Puts together what was earned and what it cost. Nothing that belongs to no goal, or to a goal of several strategies, is spread.</summary>
internal sealed class ProfitAndLoss(ICostStore spend, IBookStore books)
{
    public async Task<ProfitAndLossReport> ReadAsync(ProfitAndLossQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        SpendQuery calls = new() { From = query.From, To = query.To, GroupBy = query.By is null ? [] : [SpendGrouping.Goal] };
        SpendQueryFaults.ThrowIfAny(calls);
        if (query.By is { } by && !Enum.IsDefined(by))
        {
            throw new ArgumentException($"{nameof(query.By)} is {by}; accepted are {string.Join(", ", Enum.GetNames<ProfitAndLossGrouping>())}, or null.", nameof(query));
        }

        IReadOnlyList<Revenue> revenue = await books.ReadRevenueAsync(query.From, query.To, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<OperatingCost> costs = await books.ReadCostsAsync(query.From, query.To, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, int> goals = query.By is null ? new Dictionary<string, int>() : await books.ReadGoalsAsync(cancellationToken).ConfigureAwait(false);
        SpendRows spent = await spend.ReadSpendAsync(SpendReading.Of(calls), cancellationToken).ConfigureAwait(false);

        ProfitAndLossLine[] parts =
        [
            .. revenue.Select(earned => new ProfitAndLossLine { Strategy = earned.Strategy, Goal = Find(goals, earned.Strategy), RevenueUsd = earned.AmountUsd }),
            .. costs.Select(cost => Part(cost, ProRating.Share(cost, query.From, query.To))),
            .. spent.Lines.Select(line => new ProfitAndLossLine { Goal = line.Key.Goal, AiSpendUsd = line.CostUsd, UnresolvedCalls = line.UnresolvedCalls }),
        ];
        return new ProfitAndLossReport { Query = query, Lines = query.By is null ? [] : [.. Lines(parts, query.By.Value, goals)], Total = parts.Aggregate(new ProfitAndLossLine(), Add) };
    }

    private static ProfitAndLossLine Part(OperatingCost cost, decimal amount) =>
        new() { Goal = cost.Goal, OperatingCostsUsd = amount, OtherInferenceUsd = cost.Category == OperatingCostCategory.AiInference ? amount : 0 };

    private static IEnumerable<ProfitAndLossLine> Lines(ProfitAndLossLine[] parts, ProfitAndLossGrouping by, IReadOnlyDictionary<string, int> goals)
    {
        ILookup<int, string> strategies = goals.ToLookup(pair => pair.Value, pair => pair.Key);
        return parts.GroupBy(Key)
            .Select(group => group.Aggregate(new ProfitAndLossLine { Goal = group.Key.Goal, Strategy = group.Key.Strategy }, Add))
            .Where(line => line is not { RevenueUsd: 0, AiSpendUsd: 0, OperatingCostsUsd: 0, UnresolvedCalls: 0 })
            .OrderBy(line => line is { Goal: null, Strategy: null })
            .ThenByDescending(line => line.NetUsd).ThenBy(line => line.Goal).ThenBy(line => line.Strategy, StringComparer.Ordinal);

        // The costs of a goal are those of its strategy where it has one, and no more than one.
        (int? Goal, string? Strategy) Key(ProfitAndLossLine part) => by switch
        {
            ProfitAndLossGrouping.Goal => (part.Goal, null),
            _ when part.Strategy is not null => (part.Goal, part.Strategy),
            _ when part.Goal is { } goal && strategies[goal].Take(2).ToArray() is [var only] => (goal, only),
            _ => (part.Goal, null),
        };
    }

    private static int? Find(IReadOnlyDictionary<string, int> goals, string strategy) => goals.TryGetValue(strategy, out int goal) ? goal : null;

    private static ProfitAndLossLine Add(ProfitAndLossLine sum, ProfitAndLossLine part) => sum with
    {
        RevenueUsd = sum.RevenueUsd + part.RevenueUsd,
        AiSpendUsd = sum.AiSpendUsd + part.AiSpendUsd,
        OperatingCostsUsd = sum.OperatingCostsUsd + part.OperatingCostsUsd,
        OtherInferenceUsd = sum.OtherInferenceUsd + part.OtherInferenceUsd,
        UnresolvedCalls = sum.UnresolvedCalls + part.UnresolvedCalls,
    };
}
