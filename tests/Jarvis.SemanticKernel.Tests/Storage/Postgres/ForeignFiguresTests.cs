using System.Globalization;
using Jarvis.SemanticKernel.Costs;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>What the TypeScript program says about the same database: where it says what we say, and by how much it differs elsewhere. docs/costs.md has each difference.</summary>
public sealed class ForeignFiguresTests(PostgresServer server)
{
    private static readonly DateTimeOffset July = new(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset August = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Year = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Spend_OfKnownCostsOfEightPlaces_IsTheSame()
    {
        await using PostgresStorage storage = await OpenAsync();
        ForeignFigures theirs = new(storage.Outside);
        await storage.Calls.AppendAsync([Records.Billed(0.12345678m), Records.Billed(9999.99999999m) with { Tier = "strong" }, Records.Billed(0m) with { Status = AiCallStatus.Error }], Ct);
        await storage.Outside.ExecuteAsync(ForeignDatabase.Inserts);
        await InsertAsync(storage, "'mid', '1e-8', 42");

        SpendReport report = await storage.ReportAsync(AllTime);

        Assert.Equal(2, report.Lines.Count);
        Assert.Equal(await theirs.SpendAsync(), (report.Total.CostUsd, report.Total.Calls));
        foreach (SpendLine line in report.Lines)
        {
            Assert.Equal(await theirs.SpendAsync(line.Key.Tier), (line.CostUsd, line.Calls));
        }
    }

    [Fact]
    public async Task Spend_WhatTheColumnsCannotHold_IsTheWholeDifference()
    {
        const string Long = "a tier whose name has more than thirty-two letters";
        await using PostgresStorage storage = await OpenAsync();
        ForeignFigures theirs = new(storage.Outside);
        await storage.Calls.AppendAsync(
            [
                Records.Billed(0.0076509169000000005m),
                Records.Billed(4e-9m),
                Records.Billed(0.00000001m) with { Tier = Long },
                Records.Billed(12_345.678m) with { Tier = "strong" },
                Records.Unbilled(),
                Records.Unbilled(AiCallStatus.Error) with { HttpStatus = 400, GenerationId = null },
            ],
            Ct);

        // It writes zero where an answer says no cost; then nobody can tell that it is not known.
        await InsertAsync(storage, "'theirs', '0', NULL");

        SpendReport report = await storage.ReportAsync(AllTime);
        (decimal cost, long calls) = await theirs.SpendAsync();

        decimal digits = 0.0076509169000000005m - 0.00765092m + 4e-9m;
        Assert.Equal(digits + (12_345.678m - 9999.99999999m), report.Total.CostUsd - cost);
        Assert.Equal((7, 5, 1), (report.Total.Calls, calls, report.Total.UnresolvedCalls));
        Assert.Equal((0.00000001m, 1), await theirs.SpendAsync(Long[..32]));
        Assert.Equal(0.00000001m, report.Lines.Single(line => line.Key.Tier == Long).CostUsd);
        Assert.Equal((0m, 1, 0), report.Lines.Where(line => line.Key.Tier == "theirs").Select(line => (line.CostUsd, line.Calls, line.UnresolvedCalls)).Single());
    }

    [Fact]
    public async Task Spend_CostThatIsNoNumber_SpoilsItsSumAndCountsBesideOurs()
    {
        await using PostgresStorage storage = await OpenAsync();
        await InsertAsync(storage, "'mid', '0.5', NULL");
        await InsertAsync(storage, "'mid', 'NaN', NULL");

        SpendLine total = (await storage.ReportAsync(AllTime)).Total;

        Assert.Equal("NaN", await storage.Outside.TextAsync("SELECT sum(cost_usd)::text FROM ai_calls"));
        Assert.Equal((0.5m, 2, 1), (total.CostUsd, total.Calls, total.UnresolvedCalls));
    }

    [Fact]
    public async Task GoalOfTheLastDay_DiffersByItsFirstInstantAndByWhatIsNotThereYet()
    {
        await using PostgresStorage storage = await OpenAsync();
        ForeignFigures theirs = new(storage.Outside);
        DateTimeOffset now = Records.Noon;
        AiCallRecord At(DateTimeOffset at, decimal cost) => Records.Billed(cost) with { StartedAt = at };
        await storage.Calls.AppendAsync(
            [
                At(now.AddHours(-24).AddTicks(-10), 64m), At(now.AddHours(-24).AddTicks(10), 1m), At(now.AddMinutes(-1), 2m) with { Status = AiCallStatus.Cut },
                At(now.AddMinutes(-1), 128m) with { GoalId = 7 }, Records.Unbilled() with { StartedAt = now.AddMinutes(-1) },
            ],
            Ct);
        await InsertAsync(storage, "'mid', '4', 42", now.AddMinutes(-2));
        SpendQuery day = new() { From = now.AddHours(-24), To = now, GroupBy = [], Filter = new() { Goal = 42 } };

        Assert.Equal(7m, await theirs.LastDayAsync(42, now));
        Assert.Equal(7m, (await storage.ReportAsync(day)).Total.CostUsd);

        // A day ago to the microsecond, which is the first instant of ours; and after now, by another clock.
        await storage.Calls.AppendAsync([At(now.AddHours(-24), 8m), At(now.AddSeconds(1), 16m)], Ct);
        Assert.Equal(7m + 16m, await theirs.LastDayAsync(42, now));
        Assert.Equal(7m + 8m, (await storage.ReportAsync(day)).Total.CostUsd);
        Assert.Equal(1, (await storage.ReportAsync(day)).Total.UnresolvedCalls);
    }

    [Fact]
    public async Task ServerOfAnotherZone_ItsRowsAreDatedInThatZone_AndBothReadThemAsUtc()
    {
        await using PostgresStorage storage = await OpenAsync("Asia/Tokyo");
        ForeignFigures theirs = new(storage.Outside);
        await storage.Outside.ExecuteAsync("INSERT INTO ai_calls (model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id) VALUES ('m', 'mid', 1, 1, 1, 42)");
        await storage.Calls.AppendAsync([Records.Billed(2m) with { StartedAt = TimeProvider.System.GetUtcNow() }], Ct);
        DateTimeOffset now = TimeProvider.System.GetUtcNow().AddSeconds(1);
        SpendQuery day = new() { From = now.AddHours(-24), To = now, GroupBy = [], Filter = new() { Goal = 42 } };

        // Its own row lies nine hours ahead: it counts it for as much longer, and we count it when the time has come.
        Assert.Equal((3m, 0m), (await theirs.LastDayAsync(42, now), await theirs.LastDayAsync(42, now.AddHours(34))));
        Assert.Equal(1m, await theirs.LastDayAsync(42, now.AddHours(32)));
        Assert.Equal((2m, 3m), ((await storage.ReportAsync(day)).Total.CostUsd, (await storage.ReportAsync(day with { To = now.AddHours(10) })).Total.CostUsd));
        DatabaseFinding zone = (await storage.Database.ExamineAsync(Ct)).Single(finding => finding.Subject == "time zone");
        Assert.Equal(DatabaseFindingOutcome.Fault, zone.Outcome);
    }

    [Fact]
    public async Task Profit_OfCostsThatLieInside_IsTheSameButForTheCallsOfTheLedger()
    {
        await using PostgresStorage storage = await OpenAsync();
        ForeignFigures theirs = new(storage.Outside);
        await storage.Calls.AppendAsync([Records.Billed(0.5m), Records.Unbilled()], Ct);
        await Books(storage).RecordCostsAsync(
            [
                Cost(20.00000001m, July, August) with { Goal = 42 },
                Cost(2.5m, July.AddDays(3), July.AddDays(4)) with { Category = OperatingCostCategory.AiInference },
                Cost(-1m, July.AddDays(9), July.AddDays(10)),
            ],
            Ct);
        await storage.Outside.ExecuteAsync(ForeignDatabase.Inserts.Replace("'1.5', default,", "'1.5', '2026-07-20',", StringComparison.Ordinal));
        await Books(storage).RecordRevenueAsync([Earned("1", 30m, July), Earned("2", 0.25m, August.AddTicks(-10_000)), Earned("none", 0.1m, July.AddDays(1))], Ct);

        ProfitAndLossLine ours = (await storage.ProfitAsync(new() { From = July, To = August })).Total;
        (decimal revenue, decimal costs, decimal inference) = await theirs.ProfitAsync(July, August);

        Assert.Equal((31.85m, 26.50000001m, 2.5m), (revenue, costs, inference));
        Assert.Equal((revenue, costs, inference), (ours.RevenueUsd, ours.OperatingCostsUsd, ours.OtherInferenceUsd));

        // The row of ai_calls that it wrote itself is in no profit and loss of its own either, and nothing brings ai_calls into operating_costs.
        Assert.Equal((0.5m + 0.12345678m, 1), (ours.AiSpendUsd, ours.UnresolvedCalls));
        Assert.Equal(revenue - costs - ours.AiSpendUsd, ours.NetUsd);
        Assert.Equal((await theirs.SpendAsync()).CostUsd, ours.AiSpendUsd);

        // It subtracts floating-point numbers, for people to look at.
        double net = (double)revenue - (double)costs;
        Assert.Equal("5.349999990000001", net.ToString(CultureInfo.InvariantCulture));
        Assert.InRange(Math.Abs((decimal)net - (revenue - costs)), 0m, 1e-9m);
    }

    [Fact]
    public async Task Profit_OfCostsAcrossTheEdges_IsNothingThereAndByTimeHere()
    {
        await using PostgresStorage storage = await OpenAsync();
        ForeignFigures theirs = new(storage.Outside);
        await Books(storage).RecordCostsAsync(
            [
                Cost(1m, July.AddDays(1), July.AddDays(2)),
                Cost(30m, July.AddDays(-15), July.AddDays(15)),
                Cost(62m, August.AddDays(-15), August.AddDays(16)),
                Cost(365m, Year, Year.AddYears(1)) with { Category = OperatingCostCategory.AiInference },
            ],
            Ct);

        Assert.Equal((1m, 0m), await CostsAsync(July, August));
        ProfitAndLossLine ours = (await storage.ProfitAsync(new() { From = July, To = August })).Total;
        Assert.Equal((1m + 15m + 30m + 31m, 31m), (ours.OperatingCostsUsd, ours.OtherInferenceUsd));

        // Without an end, as on its dashboard, what began before is left out and what begins later counts whole.
        Assert.Equal((63m, 0m), await CostsAsync(July, null));
        Assert.Equal(1m + 15m + 62m + 184m, (await storage.ProfitAsync(new() { From = July, To = Year.AddYears(1) })).Total.OperatingCostsUsd);

        // Over a period that contains all of them both say the same, by category too.
        ProfitAndLossLine all = (await storage.ProfitAsync(new() { From = Year, To = Year.AddYears(1) })).Total;
        Assert.Equal((458m, 365m), await CostsAsync(Year, Year.AddYears(1)));
        Assert.Equal((await theirs.CostsAsync(), await theirs.CostsAsync("ai_inference")), (all.OperatingCostsUsd, all.OtherInferenceUsd));

        async Task<(decimal, decimal)> CostsAsync(DateTimeOffset since, DateTimeOffset? until)
        {
            (_, decimal costs, decimal inference) = await theirs.ProfitAsync(since, until);
            return (costs, inference);
        }
    }

    [Fact]
    public async Task Profit_TheInstantOfTheEnd_IsInItsPeriodAndInOursOfTheNextOne()
    {
        await using PostgresStorage storage = await OpenAsync();
        ForeignFigures theirs = new(storage.Outside);
        await Books(storage).RecordRevenueAsync([Earned("1", 1m, July), Earned("1", 2m, August.AddTicks(-10)), Earned("1", 4m, August)], Ct);
        await Books(storage).RecordCostsAsync([Cost(8m, July, August)], Ct);
        await storage.Outside.ExecuteAsync(
            """
            INSERT INTO operating_costs (category, amount_usd, period_start, period_end)
            VALUES ('vm', 16, '2026-07-01', '2026-07-01'), ('vm', 32, '2026-08-01', '2026-08-01'), ('other', 64, '2026-07-09', '2026-07-08')
            """);

        ProfitAndLossLine july = (await storage.ProfitAsync(new() { From = July, To = August })).Total;
        ProfitAndLossLine august = (await storage.ProfitAsync(new() { From = August, To = August.AddMonths(1) })).Total;

        Assert.Equal((3m, 8m + 16m + 64m), (july.RevenueUsd, july.OperatingCostsUsd));
        Assert.Equal((4m, 32m), (august.RevenueUsd, august.OperatingCostsUsd));

        // Both months of its own have what lies between them.
        Assert.Equal((7m, 8m + 16m + 32m + 64m, 0m), await theirs.ProfitAsync(July, August));
        Assert.Equal((4m, 32m, 0m), await theirs.ProfitAsync(August, August.AddMonths(1)));

        // An end a millisecond earlier, the least that it can say, leaves out what ends with the month.
        Assert.Equal((1m, 16m + 64m, 0m), await theirs.ProfitAsync(July, August.AddMilliseconds(-1)));
    }

    [Fact]
    public async Task Revenue_ByStrategy_IsTheSame_WhateverGoalItServes()
    {
        await using PostgresStorage storage = await OpenAsync();
        ForeignFigures theirs = new(storage.Outside);
        await storage.Outside.ExecuteAsync(
            $"""
            {ForeignFigures.Strategies}
            INSERT INTO goals (source, description) VALUES ('agent-discovered', 'Sell'), ('operator-injected', 'Write');
            INSERT INTO strategies (goal_id, hypothesis) VALUES (2, 'People read'), (2, 'People listen');
            """);
        await Books(storage).RecordRevenueAsync(
            [Earned("1", 1m, July), Earned("1", -0.5m, July.AddDays(40)), Earned("2", 2m, July), Earned("01", 4m, July), Earned("shop", 8m, July)], Ct);
        await storage.Calls.AppendAsync([Records.Billed(0.25m) with { GoalId = 2 }], Ct);

        ProfitAndLossQuery query = new() { From = Year, To = Year.AddYears(1), By = ProfitAndLossGrouping.Strategy };
        ProfitAndLossReport report = await storage.ProfitAsync(query);

        Assert.Equal((15m - 0.5m, 15m - 0.5m), (await theirs.RevenueAsync(), report.Total.RevenueUsd));
        foreach (string strategy in (string[])["1", "2", "01", "shop"])
        {
            Assert.Equal(await theirs.RevenueAsync(strategy), report.Lines.Single(line => line.Strategy == strategy).RevenueUsd);
        }

        // The ids of its table are numbers, the strategies of revenue texts: what is none of these numbers, as it writes them, has no goal.
        Assert.Equal(
            [new() { RevenueUsd = 12m }, new() { Goal = 2, RevenueUsd = 2.5m, AiSpendUsd = 0.25m }],
            (await storage.ProfitAsync(query with { By = ProfitAndLossGrouping.Goal })).Lines.OrderByDescending(line => line.RevenueUsd));
        Assert.Equal(new() { Goal = 2, AiSpendUsd = 0.25m }, report.Lines.Single(line => line.Strategy is null));
    }

    [Fact]
    public async Task Profit_AmountThatIsNoNumber_SpoilsItsSumsAndIsLeftOutHere()
    {
        await using PostgresStorage storage = await OpenAsync();
        await Books(storage).RecordCostsAsync([Cost(1m, July, August)], Ct);
        await storage.Outside.ExecuteAsync("INSERT INTO operating_costs (category, amount_usd, period_start, period_end) VALUES ('vm', 'NaN', '2026-07-01', '2026-08-01')");

        Assert.Equal("NaN", await storage.Outside.TextAsync("SELECT sum(amount_usd)::text FROM operating_costs"));
        Assert.Equal(1m, (await storage.ProfitAsync(new() { From = July, To = August })).Total.OperatingCostsUsd);
    }

    private static SpendQuery AllTime => new() { From = DateTimeOffset.UnixEpoch, To = Year.AddYears(100) };

    private static Bookkeeping Books(PostgresStorage storage) => new(storage.Books, TimeProvider.System);

    private static OperatingCost Cost(decimal amount, DateTimeOffset from, DateTimeOffset to) =>
        new() { Category = OperatingCostCategory.Vm, AmountUsd = amount, PeriodStart = from, PeriodEnd = to };

    private static Revenue Earned(string strategy, decimal amount, DateTimeOffset at) => new() { Strategy = strategy, AmountUsd = amount, EarnedAt = at };

    private static Task InsertAsync(PostgresStorage storage, string values, DateTimeOffset? at = null) => storage.Outside.ExecuteAsync(
        $"INSERT INTO ai_calls (model, prompt_tokens, completion_tokens, created_at, tier, cost_usd, goal_id) VALUES ('theirs/model', 3, 4, '{at ?? Records.Noon:yyyy-MM-dd HH:mm:ss.ffffff}', {values})");

    private async Task<PostgresStorage> OpenAsync(string timeZone = "UTC")
    {
        PostgresDatabase database = await server.CreateDatabaseAsync(timeZone);
        await ForeignDatabase.CreateAsync(database, "always");
        await database.ExecuteAsync("DELETE FROM ai_calls; DELETE FROM operating_costs; DELETE FROM revenue");
        PostgresStorage storage = new(database);
        await storage.Database.EnsureReadyAsync(Ct);
        return storage;
    }
}
