using System.Globalization;
using Jarvis.SemanticKernel.Costs;

namespace Jarvis.SemanticKernel.Tests.Storage;

/// <summary>What was earned, what it cost, and what was left.</summary>
public abstract class BookContract
{
    private static readonly DateTimeOffset July = new(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset August = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract Task<StorageUnderTest> OpenAsync();

    [Fact]
    public async Task Empty_IsZero()
    {
        await using StorageUnderTest storage = await OpenAsync();

        ProfitAndLossReport report = await storage.ProfitAsync(new() { From = July, To = August, By = ProfitAndLossGrouping.Goal });

        Assert.Empty(report.Lines);
        Assert.Equal((new ProfitAndLossLine(), 0m), (report.Total, report.Total.NetUsd));
    }

    [Fact]
    public async Task Goal_IsWhatItEarnedLessItsCallsAndItsCosts_AndTheRestIsNotSpread()
    {
        await using StorageUnderTest storage = await OpenAsync();
        Bookkeeping books = Books(storage);
        await storage.Calls.AppendAsync([Records.Billed(0.5m), Records.Billed(0.25m) with { GoalId = null }, Records.Unbilled()], Ct);
        await storage.AddForeignRowAsync(Records.Noon, 0.125m, goal: 7);
        await books.AssignAsync("shop", 42, Ct);
        await books.RecordRevenueAsync([Earned("shop", 10m), Earned("shop", -2m), Earned("unknown", 1m)], Ct);
        await books.RecordCostsAsync(
            [
                Cost(3m) with { Goal = 42 },
                Cost(0.01m) with { Goal = 42, Category = OperatingCostCategory.AiInference },
                Cost(4m),
                Cost(31m) with { PeriodEnd = August.AddDays(31) },
            ],
            Ct);

        ProfitAndLossReport report = await storage.ProfitAsync(new() { From = July, To = August, By = ProfitAndLossGrouping.Goal });

        Assert.Equal(
            [
                new() { Goal = 42, RevenueUsd = 8m, AiSpendUsd = 0.5m, OperatingCostsUsd = 3.01m, OtherInferenceUsd = 0.01m, UnresolvedCalls = 1 },
                new() { Goal = 7, AiSpendUsd = 0.125m },
                new() { RevenueUsd = 1m, AiSpendUsd = 0.25m, OperatingCostsUsd = 19.5m },
            ],
            report.Lines);
        Assert.Equal(new() { RevenueUsd = 9m, AiSpendUsd = 0.875m, OperatingCostsUsd = 22.51m, OtherInferenceUsd = 0.01m, UnresolvedCalls = 1 }, report.Total);
        Assert.Equal(report.Total, (await storage.ProfitAsync(new() { From = July, To = August })).Total);
        Assert.Equal(4.49m, report.Lines[0].NetUsd);
    }

    [Fact]
    public async Task Strategy_HasTheCostsOfItsGoal_UnlessSeveralServeIt()
    {
        await using StorageUnderTest storage = await OpenAsync();
        Bookkeeping books = Books(storage);
        await storage.Calls.AppendAsync([Records.Billed(1m), Records.Billed(2m) with { GoalId = 5 }], Ct);
        await books.AssignAsync("only", 42, Ct);
        await books.AssignAsync("one", 7, Ct);
        await books.AssignAsync("one", 5, Ct);
        await books.AssignAsync("other", 5, Ct);
        await books.RecordRevenueAsync([Earned("only", 1m), Earned("one", 3m), Earned("other", 4m)], Ct);

        ProfitAndLossReport report = await storage.ProfitAsync(new() { From = July, To = August, By = ProfitAndLossGrouping.Strategy });

        Assert.Equal(
            [
                new() { Strategy = "other", Goal = 5, RevenueUsd = 4m },
                new() { Strategy = "one", Goal = 5, RevenueUsd = 3m },
                new() { Strategy = "only", Goal = 42, RevenueUsd = 1m, AiSpendUsd = 1m },
                new() { Goal = 5, AiSpendUsd = 2m },
            ],
            report.Lines);
        Assert.Equal(0m, report.Lines[2].NetUsd);
    }

    [Fact]
    public async Task TableOfStrategies_SaysTheGoals_AndIsNotWritten()
    {
        await using StorageUnderTest storage = await OpenAsync();
        Bookkeeping books = Books(storage);
        await books.AssignAsync("1", 99, Ct);
        await storage.ScalarAsync("CREATE TABLE strategies (id integer PRIMARY KEY, goal_id integer)");
        await storage.ScalarAsync("INSERT INTO strategies (id, goal_id) VALUES (1, 42), (2, NULL)");
        await books.RecordRevenueAsync([Earned("1", 2m), Earned("2", 1m)], Ct);

        ProfitAndLossReport report = await storage.ProfitAsync(new() { From = July, To = August, By = ProfitAndLossGrouping.Goal });

        Assert.Equal([new() { Goal = 42, RevenueUsd = 2m }, new() { RevenueUsd = 1m }], report.Lines);
        await Assert.ThrowsAsync<InvalidOperationException>(() => books.AssignAsync("1", 7, Ct));
        Assert.Equal(42, Convert.ToInt32(await storage.ScalarAsync("SELECT goal_id FROM strategies WHERE id = 1"), CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RandomBooks_AnyPeriods_AreWhatAddingUpGives(int seed)
    {
        Random random = new(seed);
        await using StorageUnderTest storage = await OpenAsync();
        Bookkeeping books = Books(storage);
        DateTimeOffset At() => new DateTimeOffset(2028, 2, 27, 0, 0, 0, TimeSpan.Zero).AddMicroseconds(random.NextInt64(0, 40L * 86_400_000_000));
        decimal Amount() => random.Next(1, 4) switch { 1 => 0.01m, 2 => -0.00000001m, _ => random.Next(1, 999_999) / 1000m };
        OperatingCost[] costs = [.. Enumerable.Range(0, 40).Select(_ => At()).Select(start => Cost(Amount()) with
        {
            PeriodStart = start, PeriodEnd = start.AddMicroseconds(random.NextInt64(1, 30L * 86_400_000_000)), Goal = random.Next(3) is > 0 and var goal ? goal : null,
        })];
        Revenue[] revenue = [.. Enumerable.Range(0, 40).Select(_ => Earned($"s{random.Next(4)}", Amount()) with { EarnedAt = At() })];
        AiCallRecord[] calls = [.. Enumerable.Range(0, 40).Select(_ => Records.Billed(random.Next(1, 9) * 0.000000700001m) with { StartedAt = At(), GoalId = random.Next(3) is > 0 and var goal ? goal : null })];
        await books.RecordCostsAsync(costs, Ct);
        await books.RecordRevenueAsync(revenue, Ct);
        await storage.Calls.AppendAsync(calls, Ct);
        Dictionary<string, int> goals = new() { ["s0"] = 1, ["s1"] = 2, ["s2"] = 2 };
        foreach ((string strategy, int goal) in goals)
        {
            await books.AssignAsync(strategy, goal, Ct);
        }

        for (int round = 0; round < 12; round++)
        {
            (DateTimeOffset from, DateTimeOffset to) = (At(), At()) is var (one, other) && one < other ? (one, other) : (other, one.AddMicroseconds(1));
            ProfitAndLossReport report = await storage.ProfitAsync(new() { From = from, To = to, By = ProfitAndLossGrouping.Goal });
            foreach (int? goal in (int?[])[1, 2, null])
            {
                decimal earned = revenue.Where(r => r.EarnedAt >= from && r.EarnedAt < to && (goals.TryGetValue(r.Strategy, out int of) ? of : null) == goal).Sum(r => r.AmountUsd);
                decimal spent = calls.Where(c => c.StartedAt >= from && c.StartedAt < to && c.GoalId == goal).Sum(c => c.CostUsd!.Value);
                decimal paid = costs.Where(c => c.Goal == goal).Sum(c => ProRating.Share(c, from, to));
                ProfitAndLossLine line = report.Lines.SingleOrDefault(line => line.Goal == goal) ?? new();
                Assert.Equal((earned, spent, paid, earned - spent - paid), (line.RevenueUsd, line.AiSpendUsd, line.OperatingCostsUsd, line.NetUsd));
            }

            Assert.Equal(report.Lines.Sum(line => line.NetUsd), report.Total.NetUsd);
        }
    }

    [Fact]
    public async Task Reference_SameTwice_IsRecordedOnce_AndAnotherUnderItIsRefused()
    {
        await using StorageUnderTest storage = await OpenAsync();
        Bookkeeping books = Books(storage);
        OperatingCost invoice = Cost(5m) with { Reference = "invoice 1", Goal = 3 };
        Revenue payment = Earned("shop", 2m) with { Reference = "invoice 1" };

        Booking cost = (await books.RecordCostsAsync([invoice], Ct))[0];
        Booking earned = (await books.RecordRevenueAsync([payment], Ct))[0];

        Assert.True(cost.IsNew && earned.IsNew);
        Assert.Equal([cost with { IsNew = false }, new Booking(cost.Id + 1, true)], await books.RecordCostsAsync([invoice, Cost(1m)], Ct));
        Assert.Equal(earned with { IsNew = false }, (await books.RecordRevenueAsync([payment], Ct))[0]);
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => books.RecordCostsAsync([Cost(7m), invoice with { AmountUsd = 6m }], Ct));
        Assert.Contains("'invoice 1' stands for operating cost", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => books.RecordRevenueAsync([payment with { Strategy = "other" }], Ct));
        Assert.Equal((2, 1), (await storage.CountAsync("operating_costs"), await storage.CountAsync("revenue")));
        Assert.Equal([invoice with { Id = cost.Id }, Cost(1m) with { Id = cost.Id + 1 }], await books.GetCostsAsync(July, August, Ct));
        Assert.Equal([payment with { Id = earned.Id }], await books.GetRevenueAsync(July, August, Ct));

        await storage.ScalarAsync("DELETE FROM operating_costs");
        Assert.True((await books.RecordCostsAsync([invoice], Ct))[0].IsNew);
        Assert.Equal([invoice], (await books.GetCostsAsync(July, August, Ct)).Select(found => found with { Id = null }));
    }

    [Fact]
    public async Task EightAtOnce_OneReference_IsRecordedOnce()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Database.EnsureReadyAsync(Ct);

        Booking[] bookings = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () => (await Books(storage).RecordCostsAsync([Cost(5m) with { Reference = "same" }], Ct))[0],
            Ct)));

        Assert.Single(bookings, booking => booking.IsNew);
        Assert.Single(bookings.Select(booking => booking.Id).Distinct());
        Assert.Equal(1, await storage.CountAsync("operating_costs"));
    }

    [Fact]
    public async Task Faults_AreNamedTogether_AndNothingIsRecorded()
    {
        await using StorageUnderTest storage = await OpenAsync();
        Bookkeeping books = Books(storage);
        await storage.Database.EnsureReadyAsync(Ct);

        ArgumentException costs = await Assert.ThrowsAsync<ArgumentException>(() => books.RecordCostsAsync(
            [
                Cost(1m),
                Cost(0m) with { PeriodEnd = July, Category = (OperatingCostCategory)9 },
                Cost(10_000m) with { Reference = " " },
                Cost(0.000000001m) with { Reference = "twice" },
                Cost(1m) with { Reference = "twice" },
            ],
            Ct));
        ArgumentException revenue = await Assert.ThrowsAsync<ArgumentException>(() => books.RecordRevenueAsync([Earned(" ", -10_000m)], Ct));

        Assert.All(
            (string[])["Entry 2: the amount is 0", "Category is 9", "PeriodEnd has to be later", "Entry 3: the amount is 10000", "Entry 3: the reference", "Entry 4: the amount is 0.000000001", "'twice' is there 2 times"],
            part => Assert.Contains(part, costs.Message, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("Strategy is missing", revenue.Message, StringComparison.Ordinal);
        Assert.Equal(0, await storage.CountAsync("operating_costs") + await storage.CountAsync("revenue"));
    }

    private static Bookkeeping Books(StorageUnderTest storage) => new(storage.Books, TimeProvider.System);

    private static OperatingCost Cost(decimal amount) =>
        new() { Category = OperatingCostCategory.Vm, AmountUsd = amount, PeriodStart = July, PeriodEnd = August, Description = "a machine; \"big\"" };

    private static Revenue Earned(string strategy, decimal amount) => new() { Strategy = strategy, AmountUsd = amount, EarnedAt = Records.Noon, Source = "a customer" };
}
