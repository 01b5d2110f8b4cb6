using System.Text;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>A call whose answer named no cost ends with the cost that was billed for it, to the last digit.</summary>
public abstract class ReconciledCostsTests
{
    private static readonly KeyValuePair<string, string>[] Json = [new("content-type", "application/json")];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cancelled", "cancelled", "0.0123456789012345678", null)]
    [InlineData("cut", "cut", "4e-9", null)]
    [InlineData("timeout", "timeout", "0.0076509169000000005", null)]
    [InlineData("cut", "cut", "0.95", "19")]
    [InlineData("cancelled", "cancelled", "0", "0.0003253")]
    [InlineData("cut", "cut", null, null)]
    public async Task StreamThatDidNotEnd_IsReconciledWithWhatWasBilled(string how, string status, string? cost, string? upstreamCost)
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(database, generationDelay: TimeSpan.FromSeconds(20));

        await test.CallAsync(SimulatedReply.Text("one two three four").WithUsage(812, 164, cost, 10, 0, 7, upstreamCost), how);
        await test.UntilUnresolvedAsync(0);

        await AssertReconciledAsync(test, database, status);
        Assert.Equal(1, await database.CountAsync($"{database.Corrections} WHERE prompt_tokens_before IS NULL AND completion_tokens_before IS NULL AND model_after = 'anthropic/claude-sonnet-4.5'"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnswerThatEndedWellWithoutACost_IsReconciledWithWhatWasBilled(bool hasUsage)
    {
        SimulatedReply reply = SimulatedReply.Text("one two three").WithUsage(812, 164, "0.0123456789012345678");
        await using TestDatabase database = await CreateDatabaseAsync();
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(database, generationDelay: TimeSpan.FromSeconds(20));

        await test.CallAsync(hasUsage ? reply.WithoutCost() : reply.WithoutUsage());
        Assert.Equal((1, 0m), ((await test.SpendAsync()).UnresolvedCalls, (await test.SpendAsync()).CostUsd));
        await test.UntilUnresolvedAsync(0);

        await AssertReconciledAsync(test, database, "ok");
        Assert.Equal(1, await database.CountAsync($"{database.Corrections} WHERE coalesce(prompt_tokens_before, 0) = {(hasUsage ? 812 : 0)}"));
    }

    [Fact]
    public async Task FailureAfterTheStart_ThatCostNothing_IsKnownToCostNothing()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(database);

        await test.CallAsync(SimulatedReply.ErrorMidStream("one two", 502, "gone"));
        await test.UntilUnresolvedAsync(0);

        RecordedCall call = Assert.Single(await database.ReadCallsAsync());
        Assert.Equal(("error", "reconciled", 0m), (call.Status, call.CostSource, call.CostUsd));
    }

    [Fact]
    public async Task RowThatIsLateEarlyAndRefused_IsBelievedWhenItIsWhole()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(database);

        await test.CallAsync(
            SimulatedReply.Text("one two three").WithUsage(812, 164, "0.5").WithGenerationReads(
                SimulatedGenerationRead.NotFound,
                SimulatedGenerationRead.NotFinished,
                SimulatedGenerationRead.Of(SimulatedReply.ServerError()),
                SimulatedGenerationRead.Of(SimulatedReply.RateLimitedUpstream(retryAfter: TimeSpan.FromSeconds(10))),
                SimulatedGenerationRead.NotFinished),
            "cut");
        await test.UntilUnresolvedAsync(0);

        await AssertReconciledAsync(test, database, "cut");
    }

    [Theory]
    [InlineData("""{"data":{"total_cost":-0.5,"finish_reason":"stop","native_tokens_prompt":3} }""")]
    [InlineData("""{"data":{"finish_reason":"stop","native_tokens_prompt":3} }""")]
    [InlineData("""{"data":{"total_cost":0.5,"is_byok":true,"finish_reason":"stop"} }""")]
    [InlineData("""{"error":{"message":"no"} }""")]
    public async Task CostThatCannotBeMeant_StaysUnknown(string body)
    {
        var read = SimulatedGenerationRead.Of(SimulatedReply.Raw(200, Json, Encoding.UTF8.GetBytes(body)));
        await using TestDatabase database = await CreateDatabaseAsync();
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(database);

        await test.CallAsync(SimulatedReply.Text("one two three").WithGenerationReads([.. Enumerable.Repeat(read, 100)]), "cut");
        for (int i = 0; i < 150; i++)
        {
            await test.PassSecondAsync();
        }

        RecordedCall call = Assert.Single(await database.ReadCallsAsync());
        Assert.Equal(("unknown", null), (call.CostSource, call.CostUsd));
        Assert.Equal(1, (await test.SpendAsync()).UnresolvedCalls);
        Assert.Equal(0, await database.CountAsync("ai_calls") + await database.CountAsync(database.Corrections));
    }

    [Fact]
    public async Task ReportedCost_IsNeverAskedAbout()
    {
        int asked = 0;
        await using TestDatabase database = await CreateDatabaseAsync();
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(database);
        test.Jarvis.Upstream.OnRead = _ =>
        {
            Interlocked.Increment(ref asked);
            return null;
        };

        await test.CallAsync(SimulatedReply.Text("one").WithUsage(7, 3, "4e-9"));
        for (int i = 0; i < 150; i++)
        {
            await test.PassSecondAsync();
        }

        Assert.Equal(("reported", 0.000000004m), (Assert.Single(await database.ReadCallsAsync()).CostSource, (await test.SpendAsync()).CostUsd));
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task ActiveSwitch_DoesNotKeepCostsUnknown()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(database, generationDelay: TimeSpan.FromSeconds(20));
        await test.CallAsync(SimulatedReply.Text("one two three").WithUsage(812, 164, "0.5"), "cut");
        await test.Jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        await test.UntilUnresolvedAsync(0);

        await AssertReconciledAsync(test, database, "cut");
        Assert.True((await test.Jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);
        Assert.Equal(1, test.Jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task Key_IsInNoLogAndNoRow()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(
            database, register: services => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging()));
        var refusal = SimulatedGenerationRead.Of(SimulatedReply.Error(401, $"No such key: {JarvisHarness.ApiKey}"));

        await test.CallAsync(SimulatedReply.Text("one two three").WithGenerationReads(refusal, refusal).WithProvider(JarvisHarness.ApiKey[..2]), "cut");
        await test.UntilUnresolvedAsync(0);

        FakeLogCollector logs = test.Jarvis.Services.GetRequiredService<FakeLogCollector>();
        Assert.Contains(logs.GetSnapshot(), line => line.Message.Contains("HTTP 401", StringComparison.Ordinal));
        Assert.All(logs.GetSnapshot(), line => Assert.DoesNotContain(
            JarvisHarness.ApiKey,
            $"{line.Message} {line.Exception} {string.Join(' ', line.StructuredState?.Select(pair => $"{pair.Key}={pair.Value}") ?? [])} {string.Join(' ', line.Scopes)}",
            StringComparison.Ordinal));
    }

    [Fact]
    public async Task EndpointThatReportsNoCosts_IsPricedByItsListAndNotAskedBeforeAReplyIsOver()
    {
        const string Answer =
            """
            {"id":"chatcmpl-1","object":"chat.completion","created":0,"model":"anthropic/claude-sonnet-4.5","choices":[{"index":0,"finish_reason":"stop",
            "message":{"role":"assistant","content":"Hello"}}],"usage":{"prompt_tokens":812,"completion_tokens":164,"total_tokens":976}}
            """;
        List<string> asked = [];
        bool wasOver = false;
        await using TestDatabase database = await CreateDatabaseAsync();
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(database);
        test.Jarvis.Upstream.DefaultReply = SimulatedReply.Raw(200, Json, Encoding.UTF8.GetBytes(Answer));
        test.Jarvis.Upstream.OnRead = path =>
        {
            wasOver = test.Jarvis.Upstream.Requests[0].Completion.IsCompleted;
            asked.Add(path);
            return null;
        };

        await CallPath.Find("chat service").RunAsync(new CallRun(test.Jarvis), Ct);
        await test.UntilUnresolvedAsync(0);
        await CallPath.Find("chat service").RunAsync(new CallRun(test.Jarvis), Ct);

        Assert.Equal(["computed", "computed"], (await database.ReadCallsAsync()).Select(call => call.CostSource));
        Assert.Equal(2 * 0.004896m, (await test.SpendAsync()).CostUsd);
        Assert.Equal([(812, 164), (812, 164)], await database.ReadAiCallsAsync());
        Assert.Equal(1, await database.CountAsync(database.Corrections));
        Assert.Equal("/models", Assert.Single(asked));
        Assert.True(wasOver);
    }

    private protected abstract Task<TestDatabase> CreateDatabaseAsync();

    private static async Task AssertReconciledAsync(UnderReconciliation test, TestDatabase database, string status)
    {
        BilledCall billed = Assert.Single(test.Jarvis.Upstream.Billed);
        RecordedCall call = Assert.Single(await database.ReadCallsAsync());
        Assert.Equal((status, "reconciled", billed.CostUsd), (call.Status, call.CostSource, call.CostUsd));
        Assert.Equal((billed.PromptTokens, billed.CompletionTokens), (call.PromptTokens, call.CompletionTokens));
        Assert.Equal([(billed.PromptTokens, billed.CompletionTokens)], await database.ReadAiCallsAsync());
        Assert.Equal(test.Jarvis.Upstream.TotalBilledUsd, (await test.SpendAsync()).CostUsd);
        Assert.Equal(1, await database.CountAsync($"{database.Corrections} WHERE cost_source_before = 'unknown' AND cost_source_after = 'reconciled' AND cost_usd_before IS NULL AND asked_by = 'worker'"));
    }
}
