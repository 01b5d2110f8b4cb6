using Jarvis.SemanticKernel.OpenRouter;
using Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.OpenRouter;

public sealed class PriceListTests
{
    private static readonly TokenCounts Tokens = new(10, 0, 0, 0, 0);

    private readonly FakeTimeProvider _clock = new();
    private readonly FakeOpenRouterApi _api = new() { OnModels = () => PriceLists.Of(prompt: "0.1", completion: "1") };

    [Fact]
    public void TryPrice_NoListYet_AsksNobody()
    {
        PriceList list = new(_api, _clock);

        Assert.False(list.TryPrice(PriceLists.Model, Tokens, default, out decimal? cost));
        Assert.Null(cost);
        Assert.Equal(0, _api.Lists);
    }

    [Theory]
    [InlineData("vendor/model", true)]
    [InlineData("vendor/model-20260101", true)]
    [InlineData("vendor/model:nitro", false)]
    [InlineData("vendor/other", false)]
    [InlineData("", false)]
    public async Task TryPrice_Model_IsKnownByIdAndSlugOnly(string model, bool isKnown)
    {
        PriceList list = await FetchedAsync();

        Assert.True(list.TryPrice(model, Tokens, default, out decimal? cost));
        Assert.Equal(isKnown ? 1m : null, cost);
    }

    [Fact]
    public async Task RefreshAsync_FreshList_AsksNobody_AndAnOldOneIsUsedNoMore()
    {
        PriceList list = await FetchedAsync();
        await list.RefreshAsync(TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.True(list.TryPrice(PriceLists.Model, Tokens, default, out _));
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.False(list.TryPrice(PriceLists.Model, Tokens, default, out decimal? cost));
        Assert.Null(cost);
        Assert.Equal(1, _api.Lists);

        _api.OnModels = () => PriceLists.Of(prompt: "0.2", completion: "1");
        await list.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.True(list.TryPrice(PriceLists.Model, Tokens, default, out cost));
        Assert.Equal((2m, 2), (cost, _api.Lists));
    }

    [Fact]
    public async Task RefreshAsync_EndpointWithoutAList_IsNotAskedForEachCall()
    {
        _api.OnModels = () => null;
        PriceList list = await FetchedAsync();
        await list.RefreshAsync(TestContext.Current.CancellationToken);

        Assert.True(list.TryPrice(PriceLists.Model, Tokens, default, out decimal? cost));
        Assert.Equal((null, 1), (cost, _api.Lists));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""[1,null,"x",{},{"id":3},{"id":"vendor/model"},{"id":"vendor/model","pricing":[]},{"id":"vendor/model","pricing":{"overrides":{} } }]""")]
    public async Task RefreshAsync_ListOfAnotherShape_KnowsNoPrices(string data)
    {
        _api.OnModels = () => PriceLists.Parse(data);
        PriceList list = await FetchedAsync();

        Assert.True(list.TryPrice(PriceLists.Model, Tokens, default, out decimal? cost));
        Assert.Null(cost);
    }

    private async Task<PriceList> FetchedAsync()
    {
        PriceList list = new(_api, _clock);
        await list.RefreshAsync(TestContext.Current.CancellationToken);
        return list;
    }
}
