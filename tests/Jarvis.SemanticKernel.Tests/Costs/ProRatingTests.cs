using Jarvis.SemanticKernel.Costs;

namespace Jarvis.SemanticKernel.Tests.Costs;

public sealed class ProRatingTests
{
    [Fact]
    public void Share_YearCutIntoItsMonths_AddsUpToTheAmount()
    {
        DateTimeOffset start = new(2028, 1, 1, 0, 0, 0, TimeSpan.Zero);
        OperatingCost cost = Cost(0.01m, start, start.AddYears(1));

        decimal[] months = [.. Enumerable.Range(0, 12).Select(month => ProRating.Share(cost, start.AddMonths(month), start.AddMonths(month + 1)))];

        Assert.Equal(0.01m, months.Sum());
        Assert.Equal(decimal.Round(0.01m * 29 / 366, 12), decimal.Round(months[1], 12));
        Assert.All(months, month => Assert.True(month > 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Share_AnyCuts_AddUpToTheAmountAndAreInProportion(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 200; round++)
        {
            DateTimeOffset start = new(random.NextInt64(600_000_000_000_000_000, 640_000_000_000_000_000), TimeSpan.Zero);
            DateTimeOffset end = start.AddTicks(random.NextInt64(10, TimeSpan.TicksPerDay * 400));
            OperatingCost cost = Cost(random.NextInt64(-999_999_999_999, 999_999_999_999) / 100_000_000m, start, end);
            DateTimeOffset[] cuts = [start.AddDays(-1), .. Enumerable.Range(0, 6).Select(_ => start.AddTicks(random.NextInt64((end - start).Ticks))).Order(), end.AddDays(1)];

            decimal sum = 0;
            for (int part = 0; part + 1 < cuts.Length; part++)
            {
                decimal share = ProRating.Share(cost, cuts[part], cuts[part + 1]);
                long overlap = Math.Max(0, Math.Min(end.Ticks, cuts[part + 1].Ticks) - Math.Max(start.Ticks, cuts[part].Ticks));
                Assert.True(decimal.Abs(share - (cost.AmountUsd * overlap / (end - start).Ticks)) < 2e-17m);
                sum += share;
            }

            Assert.Equal(cost.AmountUsd, sum);
        }
    }

    [Fact]
    public void Share_DayOf23Hours_IsByTheTimeThatPassed()
    {
        DateTimeOffset from = new(2028, 3, 26, 0, 0, 0, TimeSpan.FromHours(1));
        DateTimeOffset to = new(2028, 3, 27, 0, 0, 0, TimeSpan.FromHours(2));
        OperatingCost cost = Cost(23m, from, to);

        Assert.Equal(2m, ProRating.Share(cost, from.AddHours(1), from.AddHours(3)));
        Assert.Equal(23m, ProRating.Share(cost, from, to));
    }

    [Fact]
    public void Share_PeriodWithoutLengthOfAnotherProgram_CountsWhereItStarts()
    {
        DateTimeOffset noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
        OperatingCost cost = Cost(5m, noon, noon);

        Assert.Equal(5m, ProRating.Share(cost, noon, noon.AddTicks(1)));
        Assert.Equal(0m, ProRating.Share(cost, noon.AddTicks(-1), noon));
    }

    private static OperatingCost Cost(decimal amount, DateTimeOffset start, DateTimeOffset end) =>
        new() { Category = OperatingCostCategory.Vm, AmountUsd = amount, PeriodStart = start, PeriodEnd = end };
}
