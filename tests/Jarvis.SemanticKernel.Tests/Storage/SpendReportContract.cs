using System.Globalization;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Cluster;
using Jarvis.SemanticKernel.Tests.Costs;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Storage;

/// <summary>Reports are what adding up every row gives, through inserts, corrections and deletes by anybody.</summary>
public abstract class SpendReportContract
{
    private static readonly decimal[] Costs = [0.0076509169000000005m, 4e-9m, 0.1m, 0m, 1234.5678901234567890123m, 0.000000015m, 12m];
    private static readonly string?[] Names = [null, "a", "b"];

    protected abstract Task<StorageUnderTest> OpenAsync();

    /// <summary>What a store does in the background so that reports have less to read.</summary>
    protected virtual Task FoldAsync(StorageUnderTest storage) => Task.CompletedTask;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RandomRows_RandomQueries_AreWhatAddingUpGives(int seed)
    {
        Random random = new(seed);
        await using StorageUnderTest storage = await OpenAsync();
        await AssertQueriesAsync(storage, random, 2);
        for (int round = 0; round < 3; round++)
        {
            await storage.Calls.AppendAsync([.. Enumerable.Range(0, 60).Select(_ => Call(random))], TestContext.Current.CancellationToken);
            for (int row = 0; row < 12; row++)
            {
                await storage.AddForeignRowAsync(At(random), Costs[random.Next(4)] * random.Next(-1, 3), Names[random.Next(1, 3)]!, random.Next(3) is > 0 and var goal ? goal : null);
            }

            await AssertQueriesAsync(storage, random, 8);
            await FoldAsync(storage);
            foreach (string sql in Corrections(storage, random))
            {
                await storage.ScalarAsync(sql);
            }

            await AssertQueriesAsync(storage, random, 8);
        }
    }

    [Fact]
    public async Task EachGrouping_AndEachFilter_IsWhatAddingUpGives()
    {
        Random random = new(3);
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Calls.AppendAsync([.. Enumerable.Range(0, 120).Select(_ => Call(random))], TestContext.Current.CancellationToken);
        await storage.AddForeignRowAsync(At(random), 0.5m, "a", 1);
        SpendTruth truth = await SpendTruth.ReadAsync(storage);
        SpendQuery query = new() { From = Records.Noon.AddDays(-30), To = Records.Noon.AddDays(30) };
        foreach (SpendGrouping grouping in Enum.GetValues<SpendGrouping>())
        {
            await AssertAsync(storage, truth, query with { GroupBy = [grouping] });
        }

        SpendFilter[] filters =
        [
            new() { Tier = "a" }, new() { Model = "b" }, new() { Provider = "a" }, new() { Goal = 1 }, new() { Agent = "b" }, new() { Run = "a" }, new() { Function = "b" },
            new() { CostSource = CostSource.Unknown }, new() { Tier = "a", Goal = 2, Run = "b" }, new() { Tier = "nobody's" },
        ];
        foreach (SpendFilter filter in filters)
        {
            await AssertAsync(storage, truth, query with { Filter = filter, GroupBy = [SpendGrouping.Model] });
        }
    }

    [Fact]
    public async Task EightProcesses_WhileSomebodyElseChangesTheirRows_AreWhatAddingUpGives()
    {
        const int Requests = 300;
        Random random = new(4);
        using TemporaryFolder journal = new();
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken);
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: TestContext.Current.CancellationToken);
        upstream.OnChat = MixedCallsProcess.Answer;
        MixedCallsProcess[] processes = [.. Enumerable.Range(0, 8).Select(_ => MixedCallsProcess.Start(upstream, storage.Setting, journal.Path, callers: 2))];
        SpendQuery query = new() { From = TimeProvider.System.GetUtcNow().AddDays(-1), To = TimeProvider.System.GetUtcNow().AddDays(1) };
        try
        {
            await upstream.WaitForRequestsAsync(Requests / 3, TestContext.Current.CancellationToken);
            while (upstream.RequestCount < Requests)
            {
                await storage.AddForeignRowAsync(TimeProvider.System.GetUtcNow(), Costs[random.Next(4)], "b", random.Next(5));
                await storage.ScalarAsync(Corrections(storage, random)[0]);
                await storage.ReportAsync(query);
            }

            await Task.WhenAll(processes.Select(process => process.EndAsync()));
            Assert.All(processes, process => Assert.Contains(process.Said, said => said.Fate == "seen"));
            Assert.DoesNotContain(processes.SelectMany(process => process.Said), said => said.Fate is "failed" or "carried");
        }
        finally
        {
            await Task.WhenAll(processes.Select(process => process.DisposeAsync().AsTask()));
        }

        SpendTruth truth = await SpendTruth.ReadAsync(storage);
        Assert.InRange(truth.Total(query).Calls, Requests / 3, long.MaxValue);
        foreach (SpendGrouping grouping in Enum.GetValues<SpendGrouping>())
        {
            await AssertAsync(storage, truth, query with { GroupBy = [grouping] });
        }
    }

    [Fact]
    public async Task Empty_HasNoLinesAndZeroes()
    {
        await using StorageUnderTest storage = await OpenAsync();

        SpendReport report = await storage.ReportAsync(new() { From = Records.Noon.AddDays(-1), To = Records.Noon, GroupBy = [], WithLatency = true, WithPrevious = true, Top = 1 });

        Assert.Empty(report.Lines);
        Assert.Equal(new SpendLine(), report.Total);
        Assert.Equal(new SpendLine(), report.Previous!.Total);
        Assert.Null(report.Rest);
    }

    [Fact]
    public async Task AllOfTime_IsAPeriod()
    {
        await using StorageUnderTest storage = await OpenAsync();
        await storage.Calls.AppendAsync([Records.Billed(), Records.Unbilled()], TestContext.Current.CancellationToken);

        Assert.Equal(2, (await storage.ReportAsync(new() { From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue })).Total.Calls);
        Assert.Equal(2, (await storage.ReportAsync(new() { From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue, GroupBy = [SpendGrouping.Goal] })).Total.Calls);
    }

    private static AiCallRecord Call(Random random)
    {
        AiCallStatus status = (AiCallStatus)random.Next(5);
        bool isKnown = random.Next(4) > 0;
        return Records.Billed() with
        {
            CallId = Guid.NewGuid(),
            StartedAt = At(random),
            Latency = TimeSpan.FromMilliseconds(random.Next(5000)),
            Tier = Names[random.Next(1, 3)]!,
            RequestedModel = Names[random.Next(1, 3)]!,
            Model = Names[random.Next(3)],
            Provider = Names[random.Next(3)],
            GenerationId = Names[random.Next(3)],
            Status = status,
            HttpStatus = random.Next(3) switch { 0 => null, 1 => 200, _ => 502 },
            Error = random.Next(4) == 0 ? "failure=NeverSent" : null,
            PromptTokens = random.Next(4) > 0 ? random.Next(100) : null,
            CompletionTokens = random.Next(4) > 0 ? random.Next(100) : null,
            CachedTokens = random.Next(2) > 0 ? random.Next(100) : null,
            ReasoningTokens = random.Next(2) > 0 ? random.Next(100) : null,
            CostUsd = isKnown ? Costs[random.Next(Costs.Length)] : null,
            CostSource = isKnown ? (CostSource)random.Next(1, 4) : CostSource.Unknown,
            GoalId = random.Next(3) is > 0 and var goal ? goal : null,
            Agent = Names[random.Next(3)],
            Function = Names[random.Next(3)],
            RunId = Names[random.Next(3)],
        };
    }

    // Around both changes of the clock, the leap day, month's ends and the hours beside them.
    private static DateTimeOffset At(Random random)
    {
        DateTimeOffset[] around =
        [
            new(2028, 2, 29, 0, 0, 0, TimeSpan.Zero), new(2028, 3, 26, 1, 0, 0, TimeSpan.Zero), new(2028, 10, 29, 1, 0, 0, TimeSpan.Zero),
            new(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero),
        ];
        return around[random.Next(around.Length)].AddTicks(random.Next(-9, 10) * TimeSpan.TicksPerHour / 2).AddMicroseconds(random.Next(-1, 2));
    }

    private static string[] Corrections(StorageUnderTest storage, Random random)
    {
        string details = storage.Details;
        string any(string id) => string.Create(CultureInfo.InvariantCulture, $"{id} % 11 = {random.Next(11)}");
        string exact = storage.View == "jarvis.calls" ? "0.77" : "770000000000";
        string text = storage.View == "jarvis.calls" ? "" : ", cost_usd_text = NULL";
        string[] all =
        [
            $"UPDATE {details} SET cost_usd_exact = {exact}{text}, cost_source = 'reconciled' WHERE {any("ai_call_id")}",
            $"UPDATE {details} SET prompt_tokens = NULL, model = NULL, started_at = started_at WHERE {any("ai_call_id")}",
            $"UPDATE {details} SET ai_call_id = NULL WHERE {any("ai_call_id")}",
            $"UPDATE {details} SET goal_id = NULL WHERE {any("ai_call_id")}",
            $"UPDATE ai_calls SET cost_usd = 7, tier = 'a', prompt_tokens = 5 WHERE {any("id")}",
            $"UPDATE ai_calls SET goal_id = 2 WHERE {any("id")}",
            $"UPDATE ai_calls SET created_at = (SELECT min(created_at) FROM ai_calls) WHERE {any("id")}",
            $"DELETE FROM ai_calls WHERE {any("id")}",
            $"DELETE FROM {details} WHERE {any("ai_call_id")}",
        ];
        random.Shuffle(all);
        return all;
    }

    private static async Task AssertQueriesAsync(StorageUnderTest storage, Random random, int count)
    {
        await storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken);
        SpendTruth truth = await SpendTruth.ReadAsync(storage);
        for (int query = 0; query < count; query++)
        {
            await AssertAsync(storage, truth, Query(random));

            // Which hardly ever comes up by chance.
            DateTimeOffset around = At(random);
            await AssertAsync(storage, truth, new SpendQuery { From = around.AddHours(-30), To = around.AddHours(30), GroupBy = [SpendGrouping.Hour] });
        }
    }

    private static SpendQuery Query(Random random)
    {
        DateTimeOffset one = At(random);
        DateTimeOffset other = At(random).AddMicroseconds(1);
        SpendGrouping[] things = [.. Enum.GetValues<SpendGrouping>().Where(grouping => grouping < SpendGrouping.Hour)];
        random.Shuffle(things);
        List<SpendGrouping> groupBy = [.. things.Take(random.Next(3))];
        bool isDays = (one - other).Duration() > TimeSpan.FromDays(90);
        if (random.Next(2) > 0)
        {
            groupBy.Insert(random.Next(groupBy.Count + 1), SpendGrouping.Hour + random.Next(isDays ? 1 : 0, 4));
        }

        return new SpendQuery
        {
            From = one < other ? one : other,
            To = one < other ? other : one.AddMicroseconds(1),
            GroupBy = groupBy,
            TimeZone = random.Next(2) > 0 ? TimeZoneInfo.Utc : random.Next(2) > 0 ? Zones.Berlin : Zones.Kolkata,
            WithLatency = random.Next(3) == 0,
            Filter = random.Next(3) > 0 ? SpendFilter.None : new SpendFilter { Tier = Names[random.Next(3)], Goal = random.Next(3) is > 0 and var goal ? goal : null, Run = Names[random.Next(3)] },
        };
    }

    private static async Task AssertAsync(StorageUnderTest storage, SpendTruth truth, SpendQuery query)
    {
        SpendReport report = await storage.ReportAsync(query);

        string asked = $"{query.From:O} {query.To:O} {string.Join(',', query.GroupBy)} {query.TimeZone.Id} {query.Filter}";
        Assert.True(truth.Lines(query).ToHashSet().SetEquals(report.Lines), $"{asked}\n{string.Join('\n', truth.Lines(query))}\nreported:\n{string.Join('\n', report.Lines)}");
        Assert.Equal(truth.Total(query), report.Total);
        Assert.Equal(report.Lines.Count, report.Lines.Select(line => line.Key).Distinct().Count());
    }
}
