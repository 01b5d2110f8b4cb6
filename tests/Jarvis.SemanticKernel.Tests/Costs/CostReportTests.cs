using Jarvis.SemanticKernel.Costs;
using Microsoft.Extensions.Time.Testing;
using Moq;

namespace Jarvis.SemanticKernel.Tests.Costs;

public class CostReportTests
{
    private static readonly DateTimeOffset From = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly SpendQuery Query = new() { From = From, To = From.AddDays(1), GroupBy = [SpendGrouping.Model] };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lines_AreSortedByCostAndSummedExactly()
    {
        SpendReport report = await Report(
            Line("b", 1, 4e-9m) with { FailedCalls = 1, PromptTokens = 10, CompletionTokens = 1 },
            Line("z", 2, 0.0076509169000000005m) with { UnresolvedCalls = 1, PromptTokens = 20, CompletionTokens = 2, CachedTokens = 7, ReasoningTokens = 3 },
            Line("a", 3, 4e-9m) with { PromptTokens = 30, CompletionTokens = 3 },
            Line(null, 4, 0m) with { PromptTokens = 40, CompletionTokens = 4, CachedTokens = 1 }).GetSpendAsync(Query, Ct);

        Assert.Equal(["z", "a", "b", null], report.Lines.Select(line => line.Key.Model));
        Assert.Equal(
            new SpendLine
            {
                Calls = 10,
                FailedCalls = 1,
                UnresolvedCalls = 1,
                PromptTokens = 100,
                CompletionTokens = 10,
                CachedTokens = 8,
                ReasoningTokens = 3,
                CostUsd = 0.0076509249000000005m,
            },
            report.Total);
        Assert.Equal((Query, (SpendLine?)null, 0, (SpendReport?)null), (report.Query, report.Rest, report.RestCount, report.Previous));
    }

    [Fact]
    public async Task Top_TheOthersAreSummed()
    {
        CostReport costs = Report(Line("a", 1, 4m), Line("b", 2, 3m), Line("c", 4, 2m), Line("d", 8, 1m));

        SpendReport report = await costs.GetSpendAsync(Query with { Top = 2 }, Ct);
        SpendReport all = await costs.GetSpendAsync(Query with { Top = 4 }, Ct);

        Assert.Equal(["a", "b"], report.Lines.Select(line => line.Key.Model));
        Assert.Equal((new SpendLine { Calls = 12, CostUsd = 3m }, 2), (report.Rest, report.RestCount));
        Assert.Equal(new SpendLine { Calls = 15, CostUsd = 10m }, report.Total);
        Assert.Equal((4, (SpendLine?)null, 0), (all.Lines.Count, all.Rest, all.RestCount));
    }

    [Fact]
    public async Task GroupedByTime_EarliestFirst_AndByCostWhenLimited()
    {
        CostReport costs = Report(
            new SpendLine { Key = new SpendKey { Start = From.AddHours(2), Tier = "a" }, CostUsd = 1m },
            new SpendLine { Key = new SpendKey { Start = From, Tier = "a" }, CostUsd = 2m },
            new SpendLine { Key = new SpendKey { Start = From, Tier = "b" }, CostUsd = 3m });
        SpendQuery query = Query with { GroupBy = [SpendGrouping.Tier, SpendGrouping.Hour] };

        Assert.Equal([3m, 2m, 1m], (await costs.GetSpendAsync(query, Ct)).Lines.Select(line => line.CostUsd));
        Assert.Equal([From, From, From.AddHours(2)], (await costs.GetSpendAsync(query with { Top = 3 }, Ct)).Lines.Select(line => line.Key.Start!.Value));
    }

    [Fact]
    public async Task Previous_IsThePeriodBefore_WithAllItsLines()
    {
        Mock<ICostStore> store = Store(Line("a", 1, 1m), Line("b", 1, 2m));
        SpendReport report = await new CostReport(store.Object, Mock.Of<IBookStore>(), Mock.Of<IBalanceStore>(), new FakeTimeProvider()).GetSpendAsync(
            Query with { To = From.AddHours(7), Top = 1, WithPrevious = true, Filter = new SpendFilter { Goal = 42 } }, Ct);

        Assert.Equal(1, report.RestCount);
        Assert.Equal((From.AddHours(-7), From), (report.Previous!.Query.From, report.Previous.Query.To));
        Assert.Equal((2, 42), (report.Previous.Lines.Count, report.Previous.Query.Filter.Goal));
        Assert.Null(report.Previous.Previous);
    }

    [Fact]
    public async Task ProjectMonth_IsTheRunRateOfTheElapsedTime()
    {
        Mock<ICostStore> store = Store(new SpendLine { Calls = 9, UnresolvedCalls = 2, CostUsd = 3m });
        FakeTimeProvider clock = new(new DateTimeOffset(2028, 2, 6, 19, 12, 0, TimeSpan.Zero));

        SpendProjection projection = await new CostReport(store.Object, Mock.Of<IBookStore>(), Mock.Of<IBalanceStore>(), clock).ProjectMonthAsync(cancellationToken: Ct);

        // 5.8 of the 29 days of a leap year's February.
        Assert.Equal(15m, projection.ProjectedUsd);
        Assert.Equal((3m, 9L, 2L), (projection.SpentUsd, projection.Calls, projection.UnresolvedCalls));
        Assert.Equal(
            (new DateTimeOffset(2028, 2, 1, 0, 0, 0, TimeSpan.Zero), clock.GetUtcNow(), new DateTimeOffset(2028, 3, 1, 0, 0, 0, TimeSpan.Zero)),
            (projection.From, projection.At, projection.To));
    }

    [Fact]
    public async Task ProjectMonth_TimeZoneAndFilter_AreAsked()
    {
        Mock<ICostStore> store = Store(new SpendLine { CostUsd = 1m });
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 2, 28, 23, 30, 0, TimeSpan.Zero));

        SpendProjection projection = await new CostReport(store.Object, Mock.Of<IBookStore>(), Mock.Of<IBalanceStore>(), clock).ProjectMonthAsync(new SpendFilter { Tier = "mid" }, Zones.Berlin, Ct);

        // Half an hour of March has passed in Berlin, of its 743 hours.
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.FromHours(1)), projection.From);
        Assert.Equal(2 * 743m, projection.ProjectedUsd);
        store.Verify(s => s.ReadSpendAsync(It.Is<SpendReading>(r => r.From == projection.From && r.To == clock.GetUtcNow() && r.Filter.Tier == "mid"), Ct), Times.Once);
    }

    [Fact]
    public async Task ProjectMonth_FirstInstant_HasNoBasis()
    {
        CostReport costs = new(Mock.Of<ICostStore>(MockBehavior.Strict), Mock.Of<IBookStore>(), Mock.Of<IBalanceStore>(), new FakeTimeProvider(From));

        Assert.Equal(new SpendProjection { From = From, At = From, To = From.AddMonths(1) }, await costs.ProjectMonthAsync(cancellationToken: Ct));
    }

    private static SpendLine Line(string? model, long calls, decimal costUsd) => new() { Key = new SpendKey { Model = model }, Calls = calls, CostUsd = costUsd };

    private static CostReport Report(params SpendLine[] lines) => new(Store(lines).Object, Mock.Of<IBookStore>(), Mock.Of<IBalanceStore>(), new FakeTimeProvider(From));

    private static Mock<ICostStore> Store(params SpendLine[] lines)
    {
        Mock<ICostStore> store = new();
        store.Setup(s => s.ReadSpendAsync(It.IsAny<SpendReading>(), It.IsAny<CancellationToken>())).ReturnsAsync(new SpendRows(lines, null, IsFromRawRows: false));
        return store;
    }
}
