using System.Globalization;
using Jarvis.SemanticKernel.Ledger.Reconciliation;

namespace Jarvis.SemanticKernel.Tests.Storage;

public abstract class CallCorrectionContract
{
    private static readonly DateTimeOffset Later = Records.Noon.AddSeconds(20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract Task<StorageUnderTest> OpenAsync();

    [Fact]
    public async Task CorrectAsync_UnknownCost_IsBilledAndWhatTheRecordSaidIsKept()
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord record = Records.Unbilled() with { Provider = null, CachedTokens = null, StartedAt = Records.Noon.AddMicroseconds(7) };
        await storage.Calls.AppendAsync([record], Ct);

        Assert.True(await storage.Corrections.CorrectAsync(Reconciled(record), Ct));

        Assert.Equal(1, await storage.CountAsync(
            $"{storage.Details} d JOIN ai_calls a ON a.id = d.ai_call_id WHERE d.cost_source = 'reconciled' AND d.status = 'cut' AND d.prompt_tokens = 812 "
            + "AND d.completion_tokens = 164 AND d.cached_tokens = 3 AND d.reasoning_tokens = 4 AND d.model = 'vendor/found' AND d.provider = 'Found' AND d.generation_id = 'gen-1' "
            + "AND a.model = 'vendor/found' AND a.tier = 'mid' AND a.prompt_tokens = 812 AND a.completion_tokens = 164 AND a.goal_id = 42"));
        Assert.Equal(1, await storage.CountAsync(
            $"{storage.CorrectionsTable} WHERE asked_by = 'worker' AND cost_source_before = 'unknown' AND cost_source_after = 'reconciled' AND cost_usd_before IS NULL "
            + "AND prompt_tokens_before IS NULL AND prompt_tokens_after = 812 AND completion_tokens_before IS NULL AND completion_tokens_after = 164 "
            + "AND cached_tokens_before IS NULL AND cached_tokens_after = 3 AND reasoning_tokens_before = 5 AND reasoning_tokens_after = 4 "
            + "AND model_before IS NULL AND model_after = 'vendor/found' AND provider_before IS NULL AND provider_after = 'Found'"));
        Assert.Equal(0.004896m, await SpentAsync(storage, unresolved: 0));
        Assert.Equal("2026-07-01 12:00:00.000007", await TextAsync(storage, "created_at", "ai_calls"));
        Assert.StartsWith("2026-07-01 12:00:20", await TextAsync(storage, "corrected_at", storage.CorrectionsTable), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CorrectAsync_ComputedCost_IsReplacedInItsRow()
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord record = Records.Billed(1.5m) with { CostSource = CostSource.Computed };
        await storage.Calls.AppendAsync([record], Ct);

        Assert.True(await storage.Corrections.CorrectAsync(Reconciled(record) with { AskedBy = CallCorrection.Operator }, Ct));

        Assert.Equal(1, await storage.CountAsync("ai_calls WHERE prompt_tokens = 812 AND completion_tokens = 164 AND model = 'vendor/answered'"));
        Assert.Equal(1, await storage.CountAsync(
            $"{storage.CorrectionsTable} WHERE asked_by = 'operator' AND cost_source_before = 'computed' AND prompt_tokens_before = 100 AND completion_tokens_before = 20 "
            + "AND cached_tokens_before = 10 AND model_before = 'vendor/answered' AND model_after = 'vendor/answered' AND provider_after = 'Provider'"));
        Assert.Equal(0.004896m, await SpentAsync(storage, unresolved: 0));
        Assert.Equal(0.004896m, await BilledAsync(storage));
    }

    [Fact]
    public async Task CorrectAsync_ComputedNow_KeepsTheTokensAndWaitsForBetter()
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord record = Records.Billed() with { CostUsd = null, CostSource = CostSource.Unknown };
        await storage.Calls.AppendAsync([record], Ct);
        CallCorrection computed = new() { CallId = record.CallId, Source = CostSource.Computed, CostUsd = 2m, At = Later, AskedBy = CallCorrection.Worker };

        Assert.True(await storage.Corrections.CorrectAsync(computed, Ct));
        Assert.Equal(1, await storage.CountAsync("ai_calls WHERE prompt_tokens = 100 AND completion_tokens = 20"));
        Assert.Equal(2m, await BilledAsync(storage));

        Assert.True(await storage.Corrections.CorrectAsync(Reconciled(record), Ct));
        Assert.False(await storage.Corrections.CorrectAsync(computed, Ct));

        Assert.Equal(0.004896m, await SpentAsync(storage, unresolved: 0));
        Assert.Equal(2, await storage.CountAsync(storage.CorrectionsTable));
        Assert.Equal(1, await storage.CountAsync($"{storage.CorrectionsTable} WHERE cost_source_before = 'computed' AND cost_source_after = 'reconciled'"));
    }

    [Theory]
    [InlineData(CostSource.Reported, CostSource.Reconciled)]
    [InlineData(CostSource.Reported, CostSource.Computed)]
    [InlineData(CostSource.Reconciled, CostSource.Reconciled)]
    [InlineData(CostSource.Reconciled, CostSource.Computed)]
    [InlineData(CostSource.Computed, CostSource.Computed)]
    public async Task CorrectAsync_NoBetterSource_ChangesNothing(CostSource known, CostSource asked)
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord record = Records.Billed(1.5m) with { CostSource = known };
        await storage.Calls.AppendAsync([record], Ct);

        Assert.False(await storage.Corrections.CorrectAsync(Reconciled(record) with { Source = asked }, Ct));

        Assert.Equal(1.5m, await SpentAsync(storage, unresolved: 0));
        Assert.Equal(1.5m, await BilledAsync(storage));
        Assert.Equal(1, await storage.CountAsync($"{storage.Details} WHERE prompt_tokens = 100"));
        Assert.Equal(0, await storage.CountAsync(storage.CorrectionsTable));
    }

    [Fact]
    public async Task CorrectAsync_NoSuchRecord_ChangesNothing()
    {
        await using StorageUnderTest storage = await OpenAsync();

        Assert.Null(await storage.Corrections.CorrectAsync(Reconciled(Records.Unbilled()), Ct));

        Assert.Equal(0, await storage.CountAsync("ai_calls") + await storage.CountAsync(storage.Details) + await storage.CountAsync(storage.CorrectionsTable));
    }

    [Theory]
    [InlineData("0.0076509169000000005", "0.00765092")]
    [InlineData("0.000000004", "0.00000000")]
    [InlineData("0.0000000000000000000000000001", "0.00000000")]
    [InlineData("0", "0.00000000")]
    [InlineData("10000.5", "9999.99999999")]
    public async Task CorrectAsync_AwkwardCost_IsExactInTheDetailsAndRoundedInAiCalls(string cost, string billed)
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord record = Records.Unbilled();
        await storage.Calls.AppendAsync([record], Ct);
        decimal exact = decimal.Parse(cost, CultureInfo.InvariantCulture);

        await storage.Corrections.CorrectAsync(Reconciled(record) with { CostUsd = exact }, Ct);

        Assert.Equal(exact, decimal.Parse(await TextAsync(storage, storage.CostText, storage.Details), NumberStyles.Float, CultureInfo.InvariantCulture));
        Assert.Equal(exact, decimal.Parse(
            await TextAsync(storage, storage.CostText.Replace("cost_usd_exact", "cost_usd_after", StringComparison.Ordinal).Replace("cost_usd_text", "cost_usd_after_text", StringComparison.Ordinal), storage.CorrectionsTable),
            NumberStyles.Float,
            CultureInfo.InvariantCulture));
        Assert.Equal(exact, await SpentAsync(storage, unresolved: 0));
        Assert.Equal(decimal.Parse(billed, CultureInfo.InvariantCulture), await BilledAsync(storage));
        Assert.Equal(exact > 9999m ? 1 : 0, storage.Warnings.Count);
    }

    [Fact]
    public async Task CorrectAsync_PoisonedTexts_AreMadeStorable()
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord record = Records.Unbilled() with { Provider = null, Tier = new string('t', 40) };
        await storage.Calls.AppendAsync([record], Ct);
        string longModel = new('m', 200);

        Assert.True(await storage.Corrections.CorrectAsync(Reconciled(record) with { Model = longModel, Provider = "nul\0half\uD800end" }, Ct));

        Assert.Equal("nul\uFFFDhalf\uFFFDend", await storage.ScalarAsync($"SELECT provider FROM {storage.Details}"));
        Assert.Equal(longModel, await storage.ScalarAsync($"SELECT model FROM {storage.Details}"));
        Assert.Equal(longModel[..128], await storage.ScalarAsync("SELECT model FROM ai_calls"));
        Assert.Equal(new string('t', 32), await storage.ScalarAsync("SELECT tier FROM ai_calls"));
    }

    [Fact]
    public async Task CorrectAsync_RowOfAiCallsIsGone_StillCorrectsTheRecord()
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord record = Records.Billed() with { CostSource = CostSource.Computed };
        await storage.Calls.AppendAsync([record], Ct);
        await storage.ScalarAsync("DELETE FROM ai_calls");

        Assert.True(await storage.Corrections.CorrectAsync(Reconciled(record), Ct));

        Assert.Equal(0.004896m, await SpentAsync(storage, unresolved: 0));
        Assert.Equal(0, await storage.CountAsync("ai_calls"));
    }

    [Fact]
    public async Task CorrectAsync_SameCallsFromTwoProcessesAtOnce_AreCorrectedOnce()
    {
        await using StorageUnderTest one = await OpenAsync();
        await using StorageUnderTest two = one.OpenAgain();
        AiCallRecord[] batch = [.. Enumerable.Range(0, 100).Select(_ => Records.Unbilled())];
        await one.Calls.AppendAsync(batch, Ct);
        int done = 0;

        await Task.WhenAll(new[] { one, two }.Select(storage => Task.Run(
            async () =>
            {
                foreach (AiCallRecord record in batch)
                {
                    if (await storage.Corrections.CorrectAsync(Reconciled(record), Ct) == true)
                    {
                        Interlocked.Increment(ref done);
                    }
                }
            },
            Ct)));

        Assert.Equal(100, done);
        Assert.Equal(100, await one.CountAsync(one.CorrectionsTable));
        Assert.Equal(100, await one.CountAsync("ai_calls"));
        Assert.Equal(100, await one.CountAsync($"ai_calls a JOIN {one.Details} d ON d.ai_call_id = a.id"));
        Assert.Equal(100 * 0.004896m, await SpentAsync(one, unresolved: 0));
    }

    [Fact]
    public async Task CorrectAsync_ComputedAndReconciledAtOnce_EndsReconciledInBothTables()
    {
        await using StorageUnderTest one = await OpenAsync();
        await using StorageUnderTest two = one.OpenAgain();
        AiCallRecord[] batch = [.. Enumerable.Range(0, 100).Select(_ => Records.Unbilled())];
        await one.Calls.AppendAsync(batch, Ct);
        await two.Database.EnsureReadyAsync(Ct);

        foreach (AiCallRecord record in batch)
        {
            await Task.WhenAll(
                Task.Run(() => one.Corrections.CorrectAsync(Reconciled(record) with { Source = CostSource.Computed, CostUsd = 1m }, Ct), Ct),
                Task.Run(() => two.Corrections.CorrectAsync(Reconciled(record), Ct), Ct));
        }

        Assert.Equal(100, await one.CountAsync("ai_calls"));
        Assert.Equal(100, await one.CountAsync($"{one.Details} WHERE cost_source = 'reconciled'"));
        Assert.Equal(100 * 0.004896m, await SpentAsync(one, unresolved: 0));
        Assert.Equal(100 * 0.004896m, await BilledAsync(one));
    }

    private static CallCorrection Reconciled(AiCallRecord record) => new()
    {
        CallId = record.CallId,
        Source = CostSource.Reconciled,
        CostUsd = 0.004896m,
        PromptTokens = 812,
        CompletionTokens = 164,
        CachedTokens = 3,
        ReasoningTokens = 4,
        Model = "vendor/found",
        Provider = "Found",
        At = Later,
        AskedBy = CallCorrection.Worker,
    };

    private static async Task<decimal> SpentAsync(StorageUnderTest storage, long unresolved)
    {
        SpendLine line = Assert.Single(await storage.SpendAsync(Records.Noon.AddDays(-1), Records.Noon.AddDays(1), SpendGrouping.Goal));
        Assert.Equal(unresolved, line.UnresolvedCalls);
        return line.CostUsd;
    }

    // As the other program sums it up: in USD, or in the units of the file.
    private static async Task<decimal> BilledAsync(StorageUnderTest storage) =>
        Convert.ToDecimal(await storage.ScalarAsync("SELECT sum(cost_usd) FROM ai_calls"), CultureInfo.InvariantCulture)
            / (storage.View == "jarvis.calls" ? 1m : 100_000_000m);

    private static async Task<string> TextAsync(StorageUnderTest storage, string column, string table) => await storage.ScalarAsync($"SELECT {column} FROM {table}") switch
    {
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        var other => Convert.ToString(other, CultureInfo.InvariantCulture)!,
    };
}
