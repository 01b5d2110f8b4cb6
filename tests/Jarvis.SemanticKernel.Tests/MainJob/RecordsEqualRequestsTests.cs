using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>The first promise of the ledger: as many records as requests, and the same money to the last digit.</summary>
public abstract class RecordsEqualRequestsTests
{
    private static readonly DateTimeOffset Ever = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(CallPath.Names), MemberType = typeof(CallPath))]
    public async Task OnePath_EveryRequestHasItsRecord(string name)
    {
        var path = CallPath.Find(name);
        await using TestDatabase database = await CreateDatabaseAsync();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.Enqueue(path.Replies());
        CallRun run = new(jarvis);

        await path.RunAsync(run, Ct);

        Assert.Equal(path.Requests, jarvis.Upstream.RequestCount);
        Assert.Equal(path.ToolRounds * path.ToolsARound, run.ToolsStarted);
        await AssertRecordsEqualBillsAsync(jarvis, database);
    }

    [Fact]
    public async Task ManyPathsAtOnce_EveryRequestHasItsRecord()
    {
        const int Threads = 8;
        const int Calls = 500;
        string[] names = ["prompt", "prompt, streamed", "chat service", "chat service, streamed", "prompt, 1 rounds", "chat service, 1 rounds, streamed", "chat client"];
        await using TestDatabase database = await CreateDatabaseAsync();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.OnChat = Answer;
        int next = -1;

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(
            async () =>
            {
                for (int call = Interlocked.Increment(ref next); call < Calls; call = Interlocked.Increment(ref next))
                {
                    await CallPath.Find(names[call % names.Length]).RunAsync(new CallRun(jarvis), Ct);
                }
            },
            Ct)));

        Assert.True(jarvis.Upstream.RequestCount > Calls);
        await AssertRecordsEqualBillsAsync(jarvis, database);
    }

    [Fact]
    public async Task CostNobodyReported_IsCountedBesideTheSumAndNotInTheSharedTable()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.Enqueue(
            SimulatedReply.Text("known").WithUsage(7, 3, "4e-9"), SimulatedReply.Text("no cost").WithoutCost(), SimulatedReply.Text("no usage").WithoutUsage());
        for (int i = 0; i < 3; i++)
        {
            await CallPath.Find("prompt").RunAsync(new CallRun(jarvis), Ct);
        }

        IReadOnlyList<RecordedCall> calls = await database.ReadCallsAsync();
        SpendReport report = await jarvis.Services.GetRequiredService<ICostReport>().GetSpendAsync(new SpendQuery { From = DateTimeOffset.UnixEpoch, To = Ever }, Ct);
        Assert.Equal([0.000000004m, null, null], calls.Select(call => call.CostUsd));
        Assert.Equal([(7, 3)], await database.ReadAiCallsAsync());
        Assert.Equal((3, 2, 0.000000004m), (report.Total.Calls, report.Total.UnresolvedCalls, report.Total.CostUsd));
    }

    private protected abstract Task<TestDatabase> CreateDatabaseAsync();

    private static SimulatedReply Answer(SimulatedRequest request)
    {
        bool offersTools = request.Body.TryGetProperty("tools", out _);
        bool hasToolResult = request.Body.GetProperty("messages").EnumerateArray().Any(message => message.GetProperty("role").ValueEquals("tool"));
        return offersTools && !hasToolResult
            ? SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-work")).WithUsage(100, 10, "0.0076509169000000005")
            : SimulatedReply.Text("done in a few words").WithUsage(7, 3, "4e-9");
    }

    private static async Task AssertRecordsEqualBillsAsync(JarvisHarness jarvis, TestDatabase database)
    {
        IReadOnlyList<RecordedCall> calls = await database.ReadCallsAsync();
        IReadOnlyList<BilledCall> billed = jarvis.Upstream.Billed;
        SpendReport report = await jarvis.Services.GetRequiredService<ICostReport>().GetSpendAsync(new SpendQuery { From = DateTimeOffset.UnixEpoch, To = Ever }, Ct);

        Assert.Equal(jarvis.Upstream.RequestCount, calls.Count);
        Assert.All(calls, call => Assert.Equal("ok", call.Status));
        Assert.Equal(jarvis.Upstream.TotalBilledUsd, calls.Sum(call => call.CostUsd!.Value));
        Assert.Equal(billed.Select(call => call.CostUsd).Order(), calls.Select(call => call.CostUsd!.Value).Order());
        Assert.Equal(jarvis.Upstream.TotalBilledUsd, report.Total.CostUsd);
        Assert.Equal((calls.Count, 0, 0), (report.Total.Calls, report.Total.FailedCalls, report.Total.UnresolvedCalls));
        Assert.Equal(billed.Select(call => (call.PromptTokens, call.CompletionTokens)).Order(), calls.Select(call => (call.PromptTokens!.Value, call.CompletionTokens!.Value)).Order());
        Assert.Equal(billed.Select(call => (call.PromptTokens, call.CompletionTokens)).Order(), (await database.ReadAiCallsAsync()).Order());
    }
}
