using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Jarvis.SemanticKernel.OpenRouter;

namespace Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;

/// <summary>What the endpoint says of a call, and what its record says afterwards, in virtual time.</summary>
public sealed class ReconciledRowTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task RowThatComesLate_CorrectsTheRecordOnce()
    {
        using WorkerUnderTest test = new();
        test.Api.OnGeneration = _ => Task.FromResult(test.Api.Asked < 3 ? null : FakeOpenRouterApi.Row(0.0076509169000000005m));
        UnresolvedCall call = test.Call();
        test.Worker.Add(call);

        await test.AdvanceAsync(2 * Second);
        await test.AdvanceAsync(4 * Second);
        Assert.Empty(test.Records.Corrections);
        await test.AdvanceAsync(8 * Second);
        await test.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Equal(3, test.Api.Asked);
        Assert.Equal(
            new CallCorrection
            {
                CallId = call.CallId,
                Source = CostSource.Reconciled,
                CostUsd = 0.0076509169000000005m,
                PromptTokens = 812,
                CompletionTokens = 164,
                CachedTokens = 3,
                ReasoningTokens = 4,
                Model = "vendor/found",
                Provider = "Found",
                At = call.EndedAt + (14 * Second),
                AskedBy = "worker",
            },
            Assert.Single(test.Records.Corrections));
        Assert.Equal("1 calls whose answers had named no cost cost 0.0076509169000000005 USD.", Assert.Single(test.Logs.GetSnapshot()).Message);
    }

    [Fact]
    public async Task RowBeforeTheCallIsAccountedFor_IsNotBelieved()
    {
        using WorkerUnderTest test = new();
        test.Api.OnGeneration = _ => Task.FromResult<Generation?>(FakeOpenRouterApi.Row(test.Api.Asked < 3 ? 0m : 0.5m, isFinished: test.Api.Asked >= 3));
        test.Worker.Add(test.Call());

        await test.AdvanceAsync(2 * Second);
        await test.AdvanceAsync(4 * Second);
        Assert.Empty(test.Records.Corrections);
        await test.AdvanceAsync(8 * Second);

        Assert.Equal(0.5m, Assert.Single(test.Records.Corrections).CostUsd);
    }

    [Fact]
    public async Task RowWithoutTokensOfACallThatEndedLongAgo_IsBelieved()
    {
        using WorkerUnderTest test = new();
        test.Api.OnGeneration = _ => Task.FromResult<Generation?>(FakeOpenRouterApi.Row(0m, isFinished: false));
        UnresolvedCall call = test.Call();
        test.Clock.Advance(TimeSpan.FromMinutes(10));

        test.Worker.Add(call);
        await test.AdvanceAsync(TimeSpan.Zero);

        Assert.Equal(0m, Assert.Single(test.Records.Corrections).CostUsd);
    }

    [Fact]
    public async Task TokensToldAfterTheRecord_ArePricedWhenTheEndpointStaysSilent()
    {
        using WorkerUnderTest test = new();
        test.Api.OnModels = () => PriceLists.Of(prompt: "1", completion: "1");
        UnresolvedCall call = test.Call();
        test.Worker.Add(call);
        test.Worker.Add(call with { Priced = (PriceLists.Model, new TokenCounts(2, 3, 0, 0, 0)) });

        await test.ToTheEndAsync();

        Assert.Equal((7, 5m), (test.Api.Asked, Assert.Single(test.Records.Corrections).CostUsd));
    }

    [Fact]
    public async Task RowWithoutACostThatCanBeMeant_IsLeftUnknownAndNeverComputed()
    {
        using WorkerUnderTest test = new();
        test.Api.OnModels = () => PriceLists.Of(prompt: "1", completion: "1");
        test.Api.OnGeneration = _ => Task.FromResult(test.Api.Asked == 1 ? FakeOpenRouterApi.Row(null) : null);
        test.Worker.Add(test.Call() with { Priced = ("vendor/model", new TokenCounts(1, 1, 0, 0, 0)) });

        await test.ToTheEndAsync();

        Assert.Equal(7, test.Api.Asked);
        Assert.Equal(0, test.Api.Lists);
        Assert.Empty(test.Records.Corrections);
    }

    [Fact]
    public async Task RecordThatIsNotThereYet_IsCorrectedWhenItIs()
    {
        using WorkerUnderTest test = new();
        test.Api.OnGeneration = _ => Task.FromResult<Generation?>(FakeOpenRouterApi.Row(1m));
        test.Records.OnCorrection = _ => test.Api.Asked < 3 ? null : true;
        test.Worker.Add(test.Call());

        await test.ToTheEndAsync();

        Assert.Equal(3, test.Records.Corrections.Count);
        Assert.StartsWith("1 calls whose answers", Assert.Single(test.Logs.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RecordThatKnowsItsCost_IsLeftAlone()
    {
        using WorkerUnderTest test = new();
        test.Api.OnGeneration = _ => Task.FromResult<Generation?>(FakeOpenRouterApi.Row(1m));
        test.Records.OnCorrection = _ => false;
        test.Worker.Add(test.Call());

        await test.ToTheEndAsync();

        Assert.Equal(1, test.Api.Asked);
        Assert.Empty(test.Logs.GetSnapshot());
    }
}
