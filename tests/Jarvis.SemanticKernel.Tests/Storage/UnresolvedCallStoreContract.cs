using Jarvis.SemanticKernel.Ledger.Reconciliation;

namespace Jarvis.SemanticKernel.Tests.Storage;

public abstract class UnresolvedCallStoreContract
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract Task<StorageUnderTest> OpenAsync();

    [Fact]
    public async Task ReadAsync_AllKindsOfCalls_FindsThoseThatCanBeAskedAbout()
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord cut = Records.Unbilled() with { GenerationId = "gen-cut", StartedAt = Records.Noon.AddHours(1) };
        AiCallRecord computed = Records.Billed() with { GenerationId = "gen-computed", CostSource = CostSource.Computed };
        await storage.Calls.AppendAsync(
            [
                cut,
                computed,
                Records.Billed(),
                Records.Billed() with { CostSource = CostSource.Reconciled },
                Records.Unbilled() with { GenerationId = null },
                Records.Unbilled() with { GenerationId = "chatcmpl-1" },
                Records.Unbilled() with { GenerationId = "GEN_1" },
                Records.Unbilled() with { StartedAt = Records.Noon.AddDays(-2) },
            ],
            Ct);

        UnresolvedCall found = Assert.Single(await storage.Unresolved.ReadAsync("gen-", Records.Noon.AddDays(-1), withComputed: false, 10, Ct));
        IReadOnlyList<UnresolvedCall> both = await storage.Unresolved.ReadAsync("gen-", Records.Noon, withComputed: true, 10, Ct);
        IReadOnlyList<UnresolvedCall> ever = await storage.Unresolved.ReadAsync("gen-", DateTimeOffset.UnixEpoch, withComputed: true, int.MaxValue, Ct);

        Assert.Equal(new UnresolvedCall(cut.CallId, "gen-cut", cut.StartedAt, cut.StartedAt + cut.Latency), found);
        Assert.Equal([cut.CallId, computed.CallId], both.Select(call => call.CallId));
        Assert.Equal(3, ever.Count);
    }

    [Fact]
    public async Task ReadAsync_MoreThanAreWanted_TakesTheNewest()
    {
        await using StorageUnderTest storage = await OpenAsync();
        AiCallRecord[] batch = [.. Enumerable.Range(0, 20).Select(i => Records.Unbilled() with { StartedAt = Records.Noon.AddSeconds(i) })];
        await storage.Calls.AppendAsync(batch, Ct);

        IReadOnlyList<UnresolvedCall> found = await storage.Unresolved.ReadAsync("gen-", Records.Noon, withComputed: false, 3, Ct);

        Assert.Equal(batch.Reverse().Take(3).Select(record => record.CallId), found.Select(call => call.CallId));
    }
}
