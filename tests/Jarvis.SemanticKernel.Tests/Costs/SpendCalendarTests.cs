using System.Globalization;
using Jarvis.SemanticKernel.Costs;

namespace Jarvis.SemanticKernel.Tests.Costs;

public class SpendCalendarTests
{
    public static TheoryData<string, string, string, SpendGrouping, string[]> Units { get; } = new()
    {
        { "UTC", "2026-03-01T12:00Z", "2026-03-01T12:00:00.0000001Z", SpendGrouping.Hour, ["2026-03-01 12:00 +0", "2026-03-01 13:00 +0"] },
        { "UTC", "2028-02-28T00:00Z", "2028-03-01T00:00Z", SpendGrouping.Day, ["2028-02-28 00:00 +0", "2028-02-29 00:00 +0", "2028-03-01 00:00 +0"] },
        { "UTC", "2026-03-01T00:00Z", "2026-03-02T00:00:01Z", SpendGrouping.Week, ["2026-02-23 00:00 +0", "2026-03-02 00:00 +0", "2026-03-09 00:00 +0"] },
        { "UTC", "2026-12-31T23:00Z", "2027-01-01T01:00Z", SpendGrouping.Month, ["2026-12-01 00:00 +0", "2027-01-01 00:00 +0", "2027-02-01 00:00 +0"] },

        // 23 and 25 hours.
        { "Europe/Berlin", "2026-03-28T23:00Z", "2026-03-30T22:00Z", SpendGrouping.Day, ["2026-03-29 00:00 +1", "2026-03-30 00:00 +2", "2026-03-31 00:00 +2"] },
        { "Europe/Berlin", "2026-10-25T12:00Z", "2026-10-25T12:30Z", SpendGrouping.Day, ["2026-10-25 00:00 +2", "2026-10-26 00:00 +1"] },

        // One o'clock, no two o'clock; two o'clock twice.
        { "Europe/Berlin", "2026-03-29T00:10Z", "2026-03-29T01:10Z", SpendGrouping.Hour, ["2026-03-29 01:00 +1", "2026-03-29 03:00 +2", "2026-03-29 04:00 +2"] },
        { "Europe/Berlin", "2026-10-25T00:10Z", "2026-10-25T01:10Z", SpendGrouping.Hour, ["2026-10-25 02:00 +2", "2026-10-25 02:00 +1", "2026-10-25 03:00 +1"] },
        { "Asia/Kolkata", "2026-03-01T12:10Z", "2026-03-01T12:40Z", SpendGrouping.Hour, ["2026-03-01 17:00 +5:30", "2026-03-01 18:00 +5:30", "2026-03-01 19:00 +5:30"] },

        // This day began at one o'clock, because midnight was skipped.
        { "America/Sao_Paulo", "2018-11-03T12:00Z", "2018-11-04T12:00Z", SpendGrouping.Day, ["2018-11-03 00:00 -3", "2018-11-04 01:00 -2", "2018-11-05 00:00 -2"] },

        // The zone went from 29 December to 31 December.
        { "Pacific/Apia", "2011-12-30T09:59Z", "2011-12-30T10:01Z", SpendGrouping.Day, ["2011-12-29 00:00 -10", "2011-12-31 00:00 +14", "2012-01-01 00:00 +14"] },
    };

    [Theory]
    [MemberData(nameof(Units))]
    public void Bounds_AreWhereTheZonesUnitsBegin(string zone, string from, string to, SpendGrouping unit, string[] bounds)
    {
        IReadOnlyList<DateTimeOffset> found = SpendCalendar.Bounds(unit, At(from), At(to), TimeZoneInfo.FindSystemTimeZoneById(zone));

        Assert.Equal(bounds, found.Select(Text));
    }

    [Fact]
    public void Bounds_AnyPeriodOfAnyZone_CoverItWithoutGapOrOverlap()
    {
        Random random = new(7);
        foreach (TimeZoneInfo zone in Zones.All)
        {
            for (int round = 0; round < 60; round++)
            {
                DateTimeOffset from = new DateTimeOffset(2010, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks((long)(random.NextDouble() * TimeSpan.FromDays(6000).Ticks));
                SpendGrouping unit = SpendGrouping.Hour + (round % 4);
                DateTimeOffset to = from.AddTicks(1 + (long)(random.NextDouble() * TimeSpan.FromDays(unit == SpendGrouping.Hour ? 3 : 100).Ticks));

                IReadOnlyList<DateTimeOffset> bounds = SpendCalendar.Bounds(unit, from, to, zone);

                Assert.True(bounds[0] <= from && bounds[1] > from, $"{zone.Id} {unit} {from:O}");
                Assert.True(bounds[^1] >= to && bounds[^2] < to, $"{zone.Id} {unit} {to:O}");
                Assert.All(bounds.Zip(bounds.Skip(1)), pair => Assert.True(pair.First < pair.Second));
                Assert.All(bounds, bound => Assert.Equal(zone.GetUtcOffset(bound), bound.Offset));
                Assert.All(bounds.Skip(1).SkipLast(1).Where(_ => unit != SpendGrouping.Hour), bound => AssertBegins(unit, bound, zone));
            }
        }
    }

    [Theory]
    [InlineData("2026-03-01T00:00Z", "2026-04-01T00:00Z", "UTC", "2026-02-01T00:00Z")]
    [InlineData("2026-01-01T00:00Z", "2026-04-01T00:00Z", "UTC", "2025-10-01T00:00Z")]
    [InlineData("2028-03-01T00:00Z", "2028-03-02T00:00Z", "UTC", "2028-02-29T00:00Z")]
    [InlineData("2026-03-01T00:00Z", "2026-03-01T07:00Z", "UTC", "2026-02-28T17:00Z")]
    [InlineData("2026-03-29T22:00Z", "2026-03-30T22:00Z", "Europe/Berlin", "2026-03-28T23:00Z")]
    [InlineData("2026-03-31T22:00Z", "2026-04-30T22:00Z", "Europe/Berlin", "2026-02-28T23:00Z")]
    public void StartOfPeriodBefore_GoesByTheCalendarWhereThePeriodDoes(string from, string to, string zone, string before) =>
        Assert.Equal(At(before), SpendCalendar.StartOfPeriodBefore(At(from), At(to), TimeZoneInfo.FindSystemTimeZoneById(zone)));

    // A bound of days, weeks or months is midnight, or the first time after a midnight that was skipped.
    private static void AssertBegins(SpendGrouping unit, DateTimeOffset bound, TimeZoneInfo zone)
    {
        DateTime before = TimeZoneInfo.ConvertTime(bound.AddTicks(-1), zone).DateTime;
        Assert.True(before.Date < bound.Date, $"{zone.Id} {bound:O}");
        Assert.True(unit != SpendGrouping.Week || bound.DayOfWeek == DayOfWeek.Monday);
        Assert.True(unit != SpendGrouping.Month || bound.Day == 1);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset bound)
    {
        string minutes = bound.Offset.Minutes == 0 ? "" : $":{Math.Abs(bound.Offset.Minutes)}";
        return string.Create(CultureInfo.InvariantCulture, $"{bound:yyyy-MM-dd HH:mm} {(int)bound.Offset.TotalHours:+0;-0;+0}{minutes}");
    }
}
