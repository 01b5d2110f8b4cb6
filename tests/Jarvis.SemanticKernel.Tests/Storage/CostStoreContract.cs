namespace Jarvis.SemanticKernel.Tests.Storage;

public abstract class CostStoreContract
{
    protected abstract Task<StorageUnderTest> OpenAsync();

    [Fact]
    public async Task ReadCallsAsync_AllKindsOfCalls_AreListedNewestFirstAndExact()
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord billed = Records.Billed(0.0123456789012345678m) with { StartedAt = Records.Noon };
        AiCallRecord cut = Records.Unbilled(AiCallStatus.Cut) with { StartedAt = Records.Noon.AddMinutes(1), PromptTokens = 7, GoalId = null };
        AiCallRecord cheap = Records.Billed(4e-9m) with { StartedAt = Records.Noon.AddMinutes(2), Status = AiCallStatus.Cancelled, IsStreamed = true, Attempt = 3 };
        await storage.Calls.AppendAsync([billed, cut, cheap], TestContext.Current.CancellationToken);
        await storage.AddForeignRowAsync(Records.Noon, 0.5m);

        IReadOnlyList<CallLine> calls = await ReadCallsAsync(storage, 10);
        IReadOnlyList<CallLine> ours = [.. calls.Where(call => call.CallId is not null)];

        Assert.Equal([cheap.CallId, cut.CallId, billed.CallId], ours.Select(call => call.CallId!.Value));
        Assert.Equal([4e-9m, null, 0.0123456789012345678m], ours.Select(call => call.CostUsd));
        Assert.Equal([CostSource.Reported, CostSource.Unknown, CostSource.Reported], ours.Select(call => call.CostSource!.Value));
        Assert.Equal([AiCallStatus.Cancelled, AiCallStatus.Cut, AiCallStatus.Ok], ours.Select(call => call.Status!.Value));
        Assert.Equal([true, false, true], ours.Select(call => call.AiCallId is not null));
        Assert.Equal(
            (cheap.StartedAt, cheap.Tier, cheap.Model, cheap.Provider, cheap.GenerationId, cheap.PromptTokens, cheap.CompletionTokens, cheap.Latency, true, 3, cheap.GoalId),
            (ours[0].StartedAt, ours[0].Tier, ours[0].Model, ours[0].Provider, ours[0].GenerationId, ours[0].PromptTokens, ours[0].CompletionTokens, ours[0].Latency!.Value, ours[0].IsStreamed!.Value, ours[0].Attempt!.Value, ours[0].GoalId));
        Assert.Equal(
            (cut.Agent, cut.Function, cut.RunId, cut.HttpStatus, cut.Error, 7, null),
            (ours[1].Agent, ours[1].Function, ours[1].RunId, ours[1].HttpStatus, ours[1].Error, ours[1].PromptTokens, ours[1].GoalId));
        CallLine foreign = Assert.Single(calls, call => call.CallId is null);
        Assert.Equal(("foreign", 0.5m, null, null), (foreign.Tier, foreign.CostUsd!.Value, foreign.Status, foreign.CostSource));
    }

    [Fact]
    public async Task ReadCallsAsync_Limits_AreKept()
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord[] records = [.. Enumerable.Range(0, 5).Select(minute => Records.Billed(1m) with { StartedAt = Records.Noon.AddMinutes(minute) })];
        await storage.Calls.AppendAsync([.. records, Records.Unbilled(AiCallStatus.Cut) with { StartedAt = Records.Noon }], TestContext.Current.CancellationToken);

        Assert.Equal([records[4].CallId, records[3].CallId], (await ReadCallsAsync(storage, 2)).Select(call => call.CallId!.Value));
        Assert.Equal([records[4].CallId, records[3].CallId], (await ReadCallsAsync(storage, 10, since: records[3].StartedAt)).Select(call => call.CallId!.Value));
        Assert.Equal([AiCallStatus.Cut], (await ReadCallsAsync(storage, 10, status: AiCallStatus.Cut)).Select(call => call.Status!.Value));
    }

    [Fact]
    public async Task ReadSpendAsync_NoCalls_HasNoLines()
    {
        await using StorageUnderTest storage = await OpenAsync();

        Assert.Empty(await ReadAsync(storage, SpendGrouping.Tier));
    }

    [Fact]
    public async Task ReadSpendAsync_AllKindsOfCalls_AreCountedOnce()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Calls.AppendAsync(
            [
                Records.Billed(0.01m),
                Records.Billed(0.02m) with { Tier = "cheap", GoalId = null, Status = AiCallStatus.Cancelled },
                Records.Unbilled(AiCallStatus.Cut) with { PromptTokens = 7 },
                Records.Unbilled(AiCallStatus.Error) with { HttpStatus = 402, GenerationId = null },
                Records.Unbilled(AiCallStatus.Error) with { HttpStatus = 502, GenerationId = "gen-2" },
                Records.Unbilled(AiCallStatus.Timeout) with { HttpStatus = null, GenerationId = null },
                Records.Unbilled(AiCallStatus.Cancelled) with { HttpStatus = null, GenerationId = null, Error = null },
                Records.Unbilled(AiCallStatus.Cancelled) with { HttpStatus = null, GenerationId = null, Error = "failure=NeverSent" },
            ],
            TestContext.Current.CancellationToken);
        await storage.AddForeignRowAsync(Records.Noon, 0.5m);

        IReadOnlyList<SpendLine> tiers = await ReadAsync(storage, SpendGrouping.Tier);
        Assert.Equal(
            [
                Line("foreign", 1, 0, 0, 3, 4, 0, 0, 0.5m),
                Line("cheap", 1, 1, 0, 100, 20, 10, 5, 0.02m),
                Line("mid", 7, 6, 4, 107, 20, 70, 35, 0.01m),
            ],
            tiers);
        IReadOnlyList<SpendLine> models = await ReadAsync(storage, SpendGrouping.Model);
        Assert.Equal(["foreign/model", "vendor/answered", "vendor/asked"], models.Select(line => line.Key.Model).Order());
        IReadOnlyList<SpendLine> goals = await ReadAsync(storage, SpendGrouping.Goal);
        Assert.Equal([null, 7, 42], goals.Select(line => line.Key.Goal).Order());
        Assert.Equal(8 + 1, goals.Sum(line => line.Calls));
    }

    [Fact]
    public async Task ReadSpendAsync_Period_IncludesItsStartAndNotItsEnd()
    {
        await using StorageUnderTest storage = await OpenAsync();
        DateTimeOffset from = Records.Noon;
        DateTimeOffset to = Records.Noon.AddHours(1);
        await storage.Calls.AppendAsync(
            [
                Records.Billed(1m) with { StartedAt = from.AddMicroseconds(-1) },
                Records.Billed(2m) with { StartedAt = from },

                // The same instant, written in another zone.
                Records.Billed(4m) with { StartedAt = to.AddMicroseconds(-1).ToOffset(TimeSpan.FromHours(5)) },
                Records.Billed(8m) with { StartedAt = to },
                Records.Unbilled() with { StartedAt = from },
                Records.Unbilled() with { StartedAt = to },
            ],
            TestContext.Current.CancellationToken);
        await storage.AddForeignRowAsync(Records.Noon, 16m);
        await storage.AddForeignRowAsync(Records.Noon.AddHours(1), 32m);

        IReadOnlyList<SpendLine> lines = await storage.SpendAsync(from.ToOffset(TimeSpan.FromHours(-7)), to, SpendGrouping.Tier);
        Assert.Equal(2m + 4m + 16m, lines.Sum(line => line.CostUsd));
        Assert.Equal(4, lines.Sum(line => line.Calls));
    }

    [Fact]
    public async Task ReadSpendAsync_ManyAwkwardCosts_SumToTheLastDigit()
    {
        await using StorageUnderTest storage = await OpenAsync();
        decimal[] costs = [0.0076509169000000005m, 4e-9m, 10000.5m, 0.1m, 0.000000000001m, 0.0000000000001m, 1234.5678901234567890123m];
        AiCallRecord[] batch = [.. Enumerable.Range(0, 500).Select(index => Records.Billed(costs[index % costs.Length]))];
        await storage.Calls.AppendAsync(batch, TestContext.Current.CancellationToken);
        await storage.AddForeignRowAsync(Records.Noon, 0.00000001m);

        IReadOnlyList<SpendLine> lines = await ReadAsync(storage, SpendGrouping.Tier);
        Assert.Equal(batch.Sum(record => record.CostUsd!.Value) + 0.00000001m, lines.Sum(line => line.CostUsd));
    }

    [Fact]
    public async Task ReadSpendAsync_SumWithMoreDigitsThanADecimal_IsRoundedAndNotAnError()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Calls.AppendAsync(
            [Records.Billed(0.0000000000000000000000000001m), Records.Billed(123456.7m), Records.Billed(79_000_000_000_000m)], TestContext.Current.CancellationToken);

        SpendLine line = Assert.Single(await ReadAsync(storage, SpendGrouping.Tier));
        Assert.Equal(79_000_000_123_456.7m, line.CostUsd);
    }

    [Fact]
    public async Task View_HasEveryColumnOfBothTables()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Calls.AppendAsync([Records.Billed(), Records.Unbilled()], TestContext.Current.CancellationToken);
        await storage.AddForeignRowAsync(Records.Noon, 0.5m);

        Assert.Equal(3, await storage.CountAsync(storage.View));
        Assert.Equal(2, await storage.CountAsync($"{storage.View} WHERE id IS NOT NULL AND ai_calls_model IS NOT NULL AND created_at IS NOT NULL"));
        Assert.Equal(2, await storage.CountAsync($"{storage.View} WHERE call_id IS NOT NULL AND details_tier IS NOT NULL AND started_at IS NOT NULL"));
        Assert.Equal(1, await storage.CountAsync($"{storage.View} WHERE id IS NULL AND model = 'vendor/asked' AND tier = 'mid' AND goal_id = 42"));
    }

    private static Task<IReadOnlyList<CallLine>> ReadCallsAsync(StorageUnderTest storage, int limit, DateTimeOffset? since = null, AiCallStatus? status = null) =>
        storage.Costs.ReadCallsAsync(limit, since ?? DateTimeOffset.UnixEpoch, status, TestContext.Current.CancellationToken);

    private static Task<IReadOnlyList<SpendLine>> ReadAsync(StorageUnderTest storage, SpendGrouping by) =>
        storage.SpendAsync(Records.Noon.AddDays(-1), Records.Noon.AddDays(1), by);

    private static SpendLine Line(string tier, long calls, long failed, long unresolved, long prompt, long completion, long cached, long reasoning, decimal costUsd) => new()
    {
        Key = new SpendKey { Tier = tier },
        Calls = calls,
        FailedCalls = failed,
        UnresolvedCalls = unresolved,
        PromptTokens = prompt,
        CompletionTokens = completion,
        CachedTokens = cached,
        ReasoningTokens = reasoning,
        CostUsd = costUsd,
    };
}
