namespace Jarvis.SemanticKernel.Tests.Costs;

public class SpendQueryTests
{
    private static readonly DateTimeOffset From = new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void GetUnits_EveryDayThatThePeriodTouches_AlsoTheShortOne()
    {
        SpendQuery query = new() { From = From, To = From.AddDays(2), GroupBy = [SpendGrouping.Tier, SpendGrouping.Day], TimeZone = Zones.Berlin };

        IReadOnlyList<SpendKey> units = query.GetUnits();

        Assert.Equal(["2026-03-28", "2026-03-29", "2026-03-30"], units.Select(unit => unit.GetText(SpendGrouping.Day)));
        Assert.Equal([24, 23, 24], units.Select(unit => (unit.End!.Value - unit.Start!.Value).TotalHours));
        Assert.Equal(units[0] with { Start = null, End = null }, SpendKey.None);
    }

    [Fact]
    public void GetUnits_NotGroupedByTime_AreNone() => Assert.Empty(new SpendQuery { From = From, To = From.AddDays(2) }.GetUnits());

    [Fact]
    public void GetUnits_MoreThanAnybodyCanTake_AreRefused() =>
        Assert.Contains(
            "more than 100000 units of Hour",
            Assert.Throws<ArgumentException>(() => new SpendQuery { From = DateTimeOffset.UnixEpoch, To = From, GroupBy = [SpendGrouping.Hour] }.GetUnits()).Message,
            StringComparison.Ordinal);
}
