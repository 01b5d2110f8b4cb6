using Jarvis.SemanticKernel.Costs;
using Moq;

namespace Jarvis.SemanticKernel.Tests.Costs;

public class CostReportTests
{
    private static readonly DateTimeOffset From = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lines_AreSortedByCostAndSummedExactly()
    {
        Mock<ICostStore> store = new();
        store.Setup(s => s.ReadSpendAsync(From, From.AddDays(1), SpendGrouping.Model, It.IsAny<CancellationToken>())).ReturnsAsync(
        [
            new SpendLine("b", 1, 1, 0, 10, 1, 4e-9m),
            new SpendLine("z", 2, 0, 1, 20, 2, 0.0076509169000000005m),
            new SpendLine("a", 3, 0, 0, 30, 3, 4e-9m),
            new SpendLine(null, 4, 0, 0, 40, 4, 0m),
        ]);

        SpendReport report = await new CostReport(store.Object).GetSpendAsync(From, From.AddDays(1), SpendGrouping.Model, Ct);

        Assert.Equal(["z", "a", "b", null], report.Lines.Select(line => line.Key));
        Assert.Equal(new SpendLine(null, 10, 1, 1, 100, 10, 0.0076509249000000005m), report.Total);
        Assert.Equal((From, From.AddDays(1), SpendGrouping.Model), (report.From, report.To, report.By));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task PeriodThatEndsBeforeItStarts_Refused(int ticks)
    {
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(
            () => new CostReport(Mock.Of<ICostStore>(MockBehavior.Strict)).GetSpendAsync(From, From.AddTicks(ticks), cancellationToken: Ct));

        Assert.Equal("to", refused.ParamName);
    }

    [Fact]
    public async Task UnknownGrouping_RefusedWithWhatIsAccepted()
    {
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(
            () => new CostReport(Mock.Of<ICostStore>(MockBehavior.Strict)).GetSpendAsync(From, From.AddDays(1), (SpendGrouping)7, Ct));

        Assert.Contains("Tier, Model, Goal", refused.Message, StringComparison.Ordinal);
    }
}
