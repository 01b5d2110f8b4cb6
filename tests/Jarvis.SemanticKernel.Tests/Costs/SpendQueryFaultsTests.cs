using Jarvis.SemanticKernel.Costs;
using Moq;

namespace Jarvis.SemanticKernel.Tests.Costs;

public class SpendQueryFaultsTests
{
    private static readonly DateTimeOffset From = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly SpendQuery Fine = new() { From = From, To = From.AddDays(1) };

    public static TheoryData<SpendQuery, string> Faulty { get; } = new()
    {
        { Fine with { To = From }, "To has to be later than From" },
        { Fine with { To = From.AddTicks(-1) }, "2026-02-28T23:59:59.9999999" },
        { Fine with { Top = 0 }, "Top is 0; at least 1" },
        { Fine with { GroupBy = [(SpendGrouping)77] }, "accepted are Tier, Model, Provider, Goal, Agent, Run, Function, CostSource, Hour, Day, Week, Month" },
        { Fine with { GroupBy = [SpendGrouping.Tier, SpendGrouping.Model, SpendGrouping.Tier] }, "holds Tier more than once" },
        { Fine with { GroupBy = [SpendGrouping.Day, SpendGrouping.Month] }, "Day and Month; at most one" },
        { Fine with { GroupBy = null! }, "GroupBy must not be null" },
        { Fine with { Filter = null! }, "must not be null" },
        { Fine with { TimeZone = null! }, "must not be null" },
        { Fine with { Filter = new SpendFilter { CostSource = (CostSource)9 } }, "accepted are Unknown, Reported, Reconciled, Computed" },
        { Fine with { From = DateTimeOffset.UnixEpoch, GroupBy = [SpendGrouping.Hour] }, "more than 100000 units of Hour" },
        { Fine with { From = DateTimeOffset.MinValue, To = DateTimeOffset.MinValue.AddDays(1), GroupBy = [SpendGrouping.Day] }, "has to lie between" },
        { Fine with { From = DateTimeOffset.MaxValue.AddDays(-50), To = DateTimeOffset.MaxValue, GroupBy = [SpendGrouping.Month] }, "has to lie between" },
        { Fine with { From = DateTimeOffset.MinValue, WithPrevious = true }, "There is no period of the same length before" },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task FaultyQuery_SaysWhatIsWrongAndWhatIsAccepted(SpendQuery query, string fault)
    {
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => Costs().GetSpendAsync(query, TestContext.Current.CancellationToken));

        Assert.Equal("query", refused.ParamName);
        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeveralFaults_AreNamedTogether()
    {
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(
            () => Costs().GetSpendAsync(Fine with { To = From, Top = -1, GroupBy = [SpendGrouping.Goal, SpendGrouping.Goal] }, TestContext.Current.CancellationToken));

        Assert.All(["To has to be", "Top is -1", "Goal more than once"], fault => Assert.Contains(fault, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoQuery_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentNullException>(() => Costs().GetSpendAsync(null!, TestContext.Current.CancellationToken));

    [Fact]
    public async Task AllOfTime_IsAPeriod()
    {
        Mock<ICostStore> store = new();
        store.Setup(s => s.ReadSpendAsync(It.IsAny<SpendReading>(), It.IsAny<CancellationToken>())).ReturnsAsync(new SpendRows([], null, IsFromRawRows: true));
        SpendQuery ever = new() { From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue };

        SpendReport report = await new CostReport(store.Object, Mock.Of<IBookStore>(), Mock.Of<IBalanceStore>(), TimeProvider.System).GetSpendAsync(ever, TestContext.Current.CancellationToken);

        Assert.Equal((new SpendLine(), true), (report.Total, report.IsFromRawRows));
    }

    private static CostReport Costs() => new(Mock.Of<ICostStore>(MockBehavior.Strict), Mock.Of<IBookStore>(), Mock.Of<IBalanceStore>(), TimeProvider.System);
}
