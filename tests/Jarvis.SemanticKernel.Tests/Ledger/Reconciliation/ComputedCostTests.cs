using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Jarvis.SemanticKernel.OpenRouter;
using Jarvis.SemanticKernel.Tests.Storage;

namespace Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;

/// <summary>Costs that are computed from a price list: where nobody can be asked, or nobody answers, and only where the tokens are the whole truth.</summary>
public sealed class ComputedCostTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly HttpRequestMessage Request = new();

    private readonly WorkerUnderTest _test = new();

    public ComputedCostTests() => _test.Api.OnModels = () => PriceLists.Of(prompt: "0.001", completion: "0.01");

    [Fact]
    public async Task EndpointWithoutCosts_FirstCall_IsPricedAfterItsRecord()
    {
        AiCallRecord record = Record("chatcmpl-1");
        ModelCallContext call = Context();

        Assert.Same(record, _test.Unreported.Price(record, call));
        Assert.Equal(0, _test.Api.Lists);
        _test.Unreported.HandOver(record, call);
        await _test.AdvanceAsync(TimeSpan.Zero);

        CallCorrection correction = Assert.Single(_test.Records.Corrections);
        Assert.Equal((record.CallId, CostSource.Computed, 0.3m), (correction.CallId, correction.Source, correction.CostUsd));
        Assert.Null(correction.PromptTokens);
        Assert.Equal((0, 1), (_test.Api.Asked, _test.Api.Lists));
    }

    [Fact]
    public async Task EndpointWithoutCosts_PricesInMemory_PricesTheRecordItself()
    {
        await _test.Prices.RefreshAsync(TestContext.Current.CancellationToken);
        AiCallRecord record = Record("chatcmpl-1");

        AiCallRecord priced = _test.Unreported.Price(record, Context());
        _test.Unreported.HandOver(priced, Context());
        await _test.AdvanceAsync(Second);

        Assert.Equal(record with { CostUsd = 0.3m, CostSource = CostSource.Computed }, priced);
        Assert.Empty(_test.Records.Corrections);
        Assert.Equal(1, _test.Api.Lists);
    }

    [Fact]
    public async Task CacheWrites_HaveTheirPrice()
    {
        _test.Api.OnModels = () => PriceLists.Of(prompt: "0.001", completion: "0.01", ""","input_cache_write":"0.002","input_cache_read":"0.0001" """);
        await _test.Prices.RefreshAsync(TestContext.Current.CancellationToken);

        // 100 tokens of a prompt: 10 read, 30 written, 60 plain; 20 of an answer.
        Assert.Equal(0.06m + 0.001m + 0.06m + 0.2m, _test.Unreported.Price(Record("chatcmpl-1"), Context(cacheWrites: 30)).CostUsd);
    }

    [Fact]
    public async Task CallOfOpenRouter_IsComputedOnlyWhenItStaysSilent()
    {
        await _test.Prices.RefreshAsync(TestContext.Current.CancellationToken);
        AiCallRecord record = Record("gen-1");

        Assert.Same(record, _test.Unreported.Price(record, Context(isPricedByTokens: true)));
        _test.Unreported.HandOver(record, Context(isPricedByTokens: true));
        for (int i = 0; i < 119; i++)
        {
            await _test.AdvanceAsync(Second);
        }

        Assert.Equal(6, _test.Api.Asked);
        Assert.Empty(_test.Records.Corrections);
        await _test.AdvanceAsync(Second);

        Assert.Equal(7, _test.Api.Asked);
        CallCorrection correction = Assert.Single(_test.Records.Corrections);
        Assert.Equal((CostSource.Computed, 0.3m), (correction.Source, correction.CostUsd));
    }

    [Theory]

    // OpenRouter leaves "is_byok" out where its own tools took part.
    [InlineData("gen-1", null)]
    [InlineData("gen-1", false)]
    [InlineData("chatcmpl-1", false)]
    [InlineData(null, false)]
    public async Task TokensThatMayNotBeTheWholeTruth_AreNotPriced(string? id, bool? isPricedByTokens)
    {
        await _test.Prices.RefreshAsync(TestContext.Current.CancellationToken);
        AiCallRecord record = Record(id);
        ModelCallContext call = Context(isPricedByTokens);

        Assert.Same(record, _test.Unreported.Price(record, call));
        _test.Unreported.HandOver(record, call);
        await ToTheEndAsync();

        Assert.Empty(_test.Records.Corrections);
        Assert.Equal(id == "gen-1" ? 7 : 0, _test.Api.Asked);
    }

    [Fact]
    public async Task TokensOrAnswerMissing_IsNotPriced()
    {
        await _test.Prices.RefreshAsync(TestContext.Current.CancellationToken);
        AiCallRecord whole = Record("chatcmpl-1");
        AiCallRecord[] records = [whole with { PromptTokens = null }, whole with { CompletionTokens = null }, whole with { HttpStatus = 502 }, whole with { HttpStatus = null }];

        foreach (AiCallRecord record in records)
        {
            Assert.Same(record, _test.Unreported.Price(record, Context()));
            _test.Unreported.HandOver(record, Context());
        }

        await ToTheEndAsync();
        Assert.Empty(_test.Records.Corrections);
        Assert.Equal((0, 1), (_test.Api.Asked, _test.Api.Lists));
    }

    [Fact]
    public async Task ModelThatTheListDoesNotKnow_StaysUnknownAndIsAskedAboutOnce()
    {
        AiCallRecord record = Record("chatcmpl-1") with { Model = "vendor/unheard-of" };
        _test.Unreported.HandOver(record, Context());
        await ToTheEndAsync();
        _test.Unreported.HandOver(record with { CallId = Guid.NewGuid() }, Context());
        await _test.AdvanceAsync(Second);

        Assert.Empty(_test.Records.Corrections);
        Assert.Equal((0, 1), (_test.Api.Asked, _test.Api.Lists));
    }

    [Fact]
    public async Task NoModelInTheAnswer_TakesTheOneAskedFor()
    {
        await _test.Prices.RefreshAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0.3m, _test.Unreported.Price(Record(null) with { Model = null, RequestedModel = PriceLists.Model }, Context()).CostUsd);
        Assert.Null(_test.Unreported.Price(Record(null) with { Model = "vendor/other", RequestedModel = PriceLists.Model }, Context()).CostUsd);
    }

    [Fact]
    public async Task ListThatCannotBeFetched_IsFetchedLater()
    {
        _test.Api.OnModels = () => _test.Api.Lists < 3 ? throw new ApiFailureException("HTTP 500") : PriceLists.Of(prompt: "0.001", completion: "0.01");
        _test.Unreported.HandOver(Record("chatcmpl-1"), Context());

        await ToTheEndAsync();

        Assert.Equal(0.3m, Assert.Single(_test.Records.Corrections).CostUsd);
        Assert.Equal(3, _test.Api.Lists);
    }

    [Fact]
    public async Task ReportedCost_IsNoneOfOurBusiness()
    {
        AiCallRecord record = Records.Billed();

        Assert.Same(record, _test.Unreported.Price(record, Context()));
        _test.Unreported.HandOver(record, Context());
        await ToTheEndAsync();

        Assert.Equal((0, 0), (_test.Api.Asked, _test.Api.Lists));
    }

    public void Dispose() => _test.Dispose();

    private static ModelCallContext Context(bool? isPricedByTokens = null, int cacheWrites = 0) =>
        new(Request, "mid", PriceLists.Model, CancellationToken.None) { IsPricedByTokens = isPricedByTokens, CacheWriteTokens = cacheWrites };

    private AiCallRecord Record(string? generationId) => Records.Billed() with
    {
        GenerationId = generationId,
        Model = PriceLists.Model,
        CostUsd = null,
        CostSource = CostSource.Unknown,
        StartedAt = _test.Clock.GetUtcNow() - TimeSpan.FromMilliseconds(321),
    };

    private async Task ToTheEndAsync()
    {
        for (int i = 0; i < 150; i++)
        {
            await _test.AdvanceAsync(Second);
        }
    }
}
