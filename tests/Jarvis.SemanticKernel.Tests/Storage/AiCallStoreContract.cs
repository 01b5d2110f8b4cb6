using System.Globalization;
using Jarvis.SemanticKernel.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Tests.Storage;

public abstract class AiCallStoreContract
{
    protected abstract Task<StorageUnderTest> OpenAsync();

    [Fact]
    public async Task AppendAsync_BilledCall_HasARowInBothTablesThatBelongTogether()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Calls.AppendAsync([Records.Billed()], TestContext.Current.CancellationToken);

        Assert.Equal(1, await storage.CountAsync(
            "ai_calls WHERE model = 'vendor/answered' AND tier = 'mid' AND prompt_tokens = 100 AND completion_tokens = 20 AND goal_id = 42"));
        Assert.Equal(1, await storage.CountAsync(
            $"{storage.Details} d JOIN ai_calls a ON a.id = d.ai_call_id WHERE d.status = 'ok' AND d.cost_source = 'reported' AND d.latency_ms = 321 AND d.streamed "
            + "AND d.attempt = 2 AND d.requested_model = 'vendor/asked' AND d.model = 'vendor/answered' AND d.provider = 'Provider' AND d.generation_id = 'gen-1' "
            + "AND d.http_status = 200 AND d.error IS NULL AND d.cached_tokens = 10 AND d.reasoning_tokens = 5 AND d.prompt_tokens = 100 AND d.completion_tokens = 20 "
            + "AND d.agent = 'planner' AND d.function = 'Plugin.Function' AND d.run_id = 'run-1' AND d.route = 'default' AND d.goal_id = 42 AND d.tier = 'mid'"));
    }

    [Fact]
    public async Task AppendAsync_UnknownCost_HasDetailsOnly()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Calls.AppendAsync([Records.Unbilled()], TestContext.Current.CancellationToken);

        Assert.Equal(0, await storage.CountAsync("ai_calls"));
        Assert.Equal(1, await storage.CountAsync($"{storage.Details} WHERE ai_call_id IS NULL AND status = 'cut' AND cost_source = 'unknown' AND cost_usd_exact IS NULL"));
    }

    [Fact]
    public async Task AppendAsync_KnownCostWithoutTokens_IsBilledWithZeroTokens()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Calls.AppendAsync([Records.Billed() with { PromptTokens = null, CompletionTokens = null, Model = null }], TestContext.Current.CancellationToken);

        Assert.Equal(1, await storage.CountAsync("ai_calls WHERE prompt_tokens = 0 AND completion_tokens = 0 AND model = 'vendor/asked'"));
        Assert.Equal(1, await storage.CountAsync($"{storage.Details} WHERE prompt_tokens IS NULL AND model IS NULL"));
    }

    [Fact]
    public async Task AppendAsync_SameCallAgain_ChangesNothing()
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord record = Records.Billed();
        AiCallRecord other = Records.Billed();
        await storage.Calls.AppendAsync([record], TestContext.Current.CancellationToken);
        await storage.Calls.AppendAsync([record with { CostUsd = 9m }, other, other, record], TestContext.Current.CancellationToken);

        Assert.Equal(2, await storage.CountAsync("ai_calls"));
        Assert.Equal(2, await storage.CountAsync(storage.Details));
        Assert.Equal(2, await storage.CountAsync($"ai_calls a JOIN {storage.Details} d ON d.ai_call_id = a.id"));
        Assert.Equal(2 * 0.0123m, await TotalAsync(storage));
    }

    [Fact]
    public async Task AppendAsync_EmptyBatch_DoesNothing()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Calls.AppendAsync([], TestContext.Current.CancellationToken);
        await storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, await storage.CountAsync(storage.Details));
    }

    [Fact]
    public async Task AppendAsync_SameCallsFromTwoProcessesAtOnce_AreStoredOnce()
    {
        await using StorageUnderTest one = await OpenAsync();
        await using StorageUnderTest two = one.OpenAgain();
        await one.Database.EnsureReadyAsync(TestContext.Current.CancellationToken);
        for (int round = 0; round < 30; round++)
        {
            AiCallRecord[] batch = [.. Enumerable.Range(0, 20).Select(_ => Records.Billed())];
            await Task.WhenAll(
                Task.Run(async () => await one.Calls.AppendAsync(batch, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken),
                Task.Run(async () => await two.Calls.AppendAsync([.. batch.Reverse()], TestContext.Current.CancellationToken), TestContext.Current.CancellationToken));
        }

        Assert.Equal(600, await one.CountAsync(one.Details));
        Assert.Equal(600, await one.CountAsync("ai_calls"));
        Assert.Equal(600, await one.CountAsync($"ai_calls a JOIN {one.Details} d ON d.ai_call_id = a.id"));
    }

    [Fact]
    public async Task AppendAsync_PoisonedTexts_AreMadeStorable()
    {
        await using StorageUnderTest storage = await OpenAsync();
        string longModel = new('m', 127);
        AiCallRecord record = Records.Billed() with
        {
            Model = longModel + "😀" + new string('x', 171),
            Tier = new string('t', 40),
            Error = "nul\0half\uD800end",
            RunId = new string('\u4e00', 10_000),
            Agent = "\0",
        };
        await storage.Calls.AppendAsync([record], TestContext.Current.CancellationToken);

        Assert.Equal(longModel, await storage.ScalarAsync("SELECT model FROM ai_calls"));
        Assert.Equal(new string('t', 32), await storage.ScalarAsync("SELECT tier FROM ai_calls"));
        Assert.Equal(record.Model, await storage.ScalarAsync($"SELECT model FROM {storage.Details}"));
        Assert.Equal(record.Tier, await storage.ScalarAsync($"SELECT tier FROM {storage.Details}"));
        Assert.Equal("nul\uFFFDhalf\uFFFDend", await storage.ScalarAsync($"SELECT error FROM {storage.Details}"));
        Assert.Equal("\uFFFD", await storage.ScalarAsync($"SELECT agent FROM {storage.Details}"));
    }

    [Fact]
    public async Task AppendAsync_CostBeyondTheColumn_IsCappedThereAndExactBeside()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Calls.AppendAsync([Records.Billed(10000.5m), Records.Billed(9999.99999999m)], TestContext.Current.CancellationToken);

        Assert.Equal(20000.49999999m, await TotalAsync(storage));
        Assert.Equal(2, await storage.CountAsync($"ai_calls WHERE cost_usd IN (9999.99999999, 999999999999)"));
        Assert.Single(storage.Warnings);
        Assert.Contains("10000.5", storage.Warnings[0].Message, StringComparison.Ordinal);
        Assert.Equal(3100, storage.Warnings[0].Id.Id);
    }

    [Theory]
    [InlineData("0.0076509169000000005", "0.00765092")]
    [InlineData("0.000000004", "0.00000000")]
    [InlineData("0.000000005", "0.00000000")]
    [InlineData("0.000000015", "0.00000002")]
    [InlineData("0.0000000000000000000000000001", "0.00000000")]
    [InlineData("0", "0.00000000")]
    public async Task AppendAsync_ManyDecimals_AreRoundedHalfEvenInAiCallsAndKeptExactly(string cost, string billed)
    {
        await using StorageUnderTest storage = await OpenAsync();
        decimal exact = decimal.Parse(cost, CultureInfo.InvariantCulture);
        await storage.Calls.AppendAsync([Records.Billed(exact), Records.Billed(exact), Records.Billed(1m)], TestContext.Current.CancellationToken);

        Assert.Equal(exact + exact + 1m, await TotalAsync(storage));
        decimal units = Convert.ToDecimal(await storage.ScalarAsync("SELECT min(cost_usd) FROM ai_calls"), CultureInfo.InvariantCulture);
        decimal expected = decimal.Parse(billed, CultureInfo.InvariantCulture);
        Assert.Contains(units, new[] { expected, expected * 100_000_000m });
    }

    [Theory]
    [InlineData(AiCallStatus.Ok, "ok")]
    [InlineData(AiCallStatus.Error, "error")]
    [InlineData(AiCallStatus.Cancelled, "cancelled")]
    [InlineData(AiCallStatus.Timeout, "timeout")]
    [InlineData(AiCallStatus.Cut, "cut")]
    public async Task AppendAsync_Status_IsWrittenInLowerCase(AiCallStatus status, string text)
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Calls.AppendAsync([Records.Billed() with { Status = status }], TestContext.Current.CancellationToken);

        Assert.Equal(text, await storage.ScalarAsync($"SELECT status FROM {storage.Details}"));
    }

    [Fact]
    public async Task AppendAsync_LargeBatch_PutsEachCallWithItsOwnRowOfAiCalls()
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord[] batch = [.. Enumerable.Range(0, 500).Select(i => (i % 3 == 0 ? Records.Unbilled() : Records.Billed(i)) with { PromptTokens = i, Agent = $"agent {i}" })];
        await storage.Calls.AppendAsync([.. batch, .. batch.Take(10)], TestContext.Current.CancellationToken);

        Assert.Equal(500, await storage.CountAsync(storage.Details));
        Assert.Equal(333, await storage.CountAsync("ai_calls"));
        Assert.Equal(333, await storage.CountAsync($"ai_calls a JOIN {storage.Details} d ON d.ai_call_id = a.id AND d.prompt_tokens = a.prompt_tokens AND d.agent = 'agent ' || a.prompt_tokens"));
        Assert.Equal(batch.Sum(record => record.CostUsd ?? 0), await TotalAsync(storage));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task AppendAsync_EmptyTexts_StayEmptyAndMissingOnesAreMissing(int batchSize)
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord record = Records.Billed() with { Provider = "", GenerationId = null, Agent = "", RunId = null, RequestedModel = "" };
        await storage.Calls.AppendAsync([.. Enumerable.Range(0, batchSize).Select(_ => record with { CallId = Guid.NewGuid() })], TestContext.Current.CancellationToken);

        Assert.Equal(batchSize, await storage.CountAsync(
            $"{storage.Details} WHERE provider = '' AND generation_id IS NULL AND agent = '' AND run_id IS NULL AND requested_model = '' AND model = 'vendor/answered'"));
    }

    [Fact]
    public async Task Ledger_OneRecordThatTheDatabaseRefuses_LeavesTheOthersDurable()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.RefuseBilledTokensAsync(prompt: 777);
        GroupCommitLedger ledger = Ledger(storage.Calls);
        AiCallRecord[] records = [.. Enumerable.Range(0, 100).Select(i => Records.Billed() with { PromptTokens = i == 40 ? 777 : i })];
        Task[] appended = [.. records.Select(ledger.AppendAsync)];

        Assert.Same(records[40], (await Assert.ThrowsAsync<LedgerException>(() => appended[40])).Record);
        await Task.WhenAll(appended.Where((_, i) => i != 40));
        Assert.Equal(99, await storage.CountAsync("ai_calls"));
        Assert.Equal(99, await storage.CountAsync(storage.Details));
    }

    [Fact]
    public async Task Ledger_256WaitingCallers_ShareTheirCommits()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken);
        CountingStore store = new(storage.Calls);
        GroupCommitLedger ledger = Ledger(store);
        await Task.WhenAll(Enumerable.Range(0, 256).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                await ledger.AppendAsync(Records.Billed());
            }
        })));

        Assert.Equal(2560, await storage.CountAsync("ai_calls"));
        Assert.InRange(store.Commits, 1, 2560 / 8);
        Assert.InRange(store.MostInFlight, 1, storage.Calls.MaxConcurrentBatches);
    }

    [Fact]
    public async Task IsRefusal_FailureOfTheStore_IsNone()
    {
        await using StorageUnderTest storage = await OpenAsync();

        Assert.False(storage.Calls.IsRefusal(new TimeoutException()));
        Assert.False(storage.Calls.IsRefusal(new IOException()));
    }

    private static GroupCommitLedger Ledger(IAiCallStore store) =>
        new(store, Options.Create(new JarvisRoutingOptions()), TimeProvider.System, NullLogger<GroupCommitLedger>.Instance);

    protected static async Task<decimal> TotalAsync(StorageUnderTest storage)
    {
        IReadOnlyList<SpendLine> lines = await storage.SpendAsync(Records.Noon.AddDays(-1), Records.Noon.AddDays(1), SpendGrouping.Tier);
        return lines.Sum(line => line.CostUsd);
    }
}
