using Jarvis.SemanticKernel.Plugins;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SemanticKernel;
using Moq;

namespace Jarvis.SemanticKernel.Tests.Plugins;

public class CostReportPluginTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 14, 30, 15, TimeSpan.Zero);
    private static readonly DateTimeOffset End = Now.AddMilliseconds(1);

    public static TheoryData<string, DateTimeOffset, DateTimeOffset> Periods { get; } = new()
    {
        { "last_hour", Now.AddHours(-1), End },
        { "today", At(2026, 3, 1), End },
        { "yesterday", At(2026, 2, 28), At(2026, 3, 1) },
        { "last_7_days", Now.AddDays(-7), End },
        { "last_30_days", Now.AddDays(-30), End },
        { "this_month", At(2026, 3, 1), End },
        { "last_month", At(2026, 2, 1), At(2026, 3, 1) },
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Periods))]
    public async Task Period_IsHalfOpenAndUtc(string period, DateTimeOffset from, DateTimeOffset to)
    {
        Mock<ICostReport> report = Report(new SpendLine(), []);

        // The same instant on a clock set elsewhere.
        await AskAsync(report, new FakeTimeProvider(Now.ToOffset(TimeSpan.FromHours(-10))), period, "tier");

        report.Verify(r => r.GetSpendAsync(It.Is<SpendQuery>(q => q.From == from && q.To == to && q.TimeZone == TimeZoneInfo.Utc), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Theory]
    [InlineData("tier", SpendGrouping.Tier)]
    [InlineData("MODEL", SpendGrouping.Model)]
    [InlineData("goal", SpendGrouping.Goal)]
    public async Task Grouping_IsPassedOn(string text, SpendGrouping grouping)
    {
        Mock<ICostReport> report = Report(new SpendLine(), []);

        await AskAsync(report, new FakeTimeProvider(Now), "today", text);

        report.Verify(r => r.GetSpendAsync(It.Is<SpendQuery>(q => q.GroupBy.Single() == grouping), It.IsAny<CancellationToken>()), Times.Once);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("Today")]
    [InlineData("2026-03-01")]
    public async Task UnknownPeriod_ListsThePeriods(string period)
    {
        string answer = await AskAsync(new Mock<ICostReport>(MockBehavior.Strict), new FakeTimeProvider(Now), period, "tier");

        Assert.All(["last_hour", "today", "yesterday", "last_7_days", "last_30_days", "this_month", "last_month"], known => Assert.Contains(known, answer, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("agent")]
    [InlineData("0")]
    [InlineData("+1")]
    [InlineData("-0")]
    [InlineData(" 1")]
    [InlineData("tier, goal")]
    [InlineData("99")]
    public async Task UnknownGrouping_ListsTheGroupings(string groupBy)
    {
        string answer = await AskAsync(new Mock<ICostReport>(MockBehavior.Strict), new FakeTimeProvider(Now), "today", groupBy);

        Assert.Contains("Use one of: tier, model, goal.", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_IsExactAndShort()
    {
        SpendLine[] lines =
        [
            .. Enumerable.Range(1, 10).Select(i => new SpendLine
            {
                Key = new SpendKey { Goal = i == 2 ? null : i }, Calls = 1, PromptTokens = 100, CompletionTokens = 10, CostUsd = i * 0.0076509169000000005m,
            }),
        ];
        SpendLine total = new() { Calls = 13, FailedCalls = 2, UnresolvedCalls = 3, CostUsd = 0.6962334379000000455m };
        Mock<ICostReport> report = Report(total, lines, new SpendLine { Calls = 3, CostUsd = 4e-9m });

        string answer = await AskAsync(report, new FakeTimeProvider(Now), "today", "goal");

        string[] text = answer.ReplaceLineEndings("\n").Split('\n');
        Assert.Equal("Spent 0.6962334379000000455 USD on 13 calls from 2026-03-01 00:00 to 2026-03-01 14:30 UTC, 2 of them failed.", text[0]);
        Assert.Equal("1: 0.0076509169000000005 USD, 1 calls, 100 + 10 tokens", text[1]);
        Assert.StartsWith("(none): 0.015301833800000001 USD", text[2], StringComparison.Ordinal);
        Assert.Equal(["and 3 smaller ones: 0.000000004 USD, 3 calls", "Not included: 3 calls whose cost is not known yet."], text[^2..]);
        Assert.Equal(13, text.Length);
    }

    [Fact]
    public async Task RealSpend_WhileTheSwitchIsActive_IsTheBillToTheLastDigit()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(SimulatedReply.Text("a").WithUsage(100, 10, "0.0076509169000000005"), SimulatedReply.Text("b").WithUsage(7, 3, "4e-9"));
        Kernel kernel = jarvis.Kernel;
        await kernel.InvokePromptAsync("Work", new KernelArguments().WithTier(Tier.Strong), cancellationToken: Ct);
        await kernel.InvokePromptAsync("Work", new KernelArguments().WithTier(Tier.Cheap), cancellationToken: Ct);
        await jarvis.KillSwitch.ActivateAsync("enough", "test", cancellationToken: Ct);

        string answer = (await kernel.InvokeAsync("CostReport", "get_spend", new KernelArguments { ["period"] = "last_hour" }, Ct)).ToString();

        Assert.StartsWith("Spent 0.0076509209000000005 USD on 2 calls", answer, StringComparison.Ordinal);
        Assert.Contains("cheap: 0.000000004 USD, 1 calls, 7 + 3 tokens", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunCost_OfATool_IsThatOfItsRun()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(SimulatedReply.Text("other").WithUsage(1, 1, "7"), SimulatedReply.Text("a").WithUsage(100, 10, "0.25"), SimulatedReply.Text("b").WithUsage(100, 10, "0.125"));
        Kernel kernel = jarvis.Kernel;
        await kernel.InvokePromptAsync("Another run", cancellationToken: Ct);
        string inside;
        using (JarvisScope.Begin(run: "night 7"))
        {
            await kernel.InvokePromptAsync("Work", cancellationToken: Ct);
            await kernel.InvokePromptAsync("Work", cancellationToken: Ct);
            inside = await AskAsync(kernel, "get_run_cost");
        }

        Assert.Equal("This run has cost 0.375 USD on 2 calls so far.", inside);
        Assert.StartsWith("This is no run", await AskAsync(kernel, "get_run_cost"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CanAfford_SaysANumberAndItsBasis()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(upstream: await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { ApiKey = JarvisHarness.ApiKey, KeyLimitUsd = 2m }, Ct));
        Kernel kernel = jarvis.Kernel;
        Assert.Equal("Not known: nobody has asked yet what is left.", await AskAsync(kernel, "can_afford", ("costUsd", "1")));
        await jarvis.Services.GetRequiredService<ICreditMonitor>().CheckAsync(Ct);

        Assert.StartsWith("Yes: 0.5 USD would be left of 2 USD, as OpenRouter said at ", await AskAsync(kernel, "can_afford", ("costUsd", "1.5")), StringComparison.Ordinal);
        Assert.StartsWith("Yes: 0 USD would be left of 2 USD", await AskAsync(kernel, "can_afford", ("costUsd", "2")), StringComparison.Ordinal);
        Assert.Matches("^No: 2 USD are left, as OpenRouter said at .* UTC, and 0.25 USD are missing.$", await AskAsync(kernel, "can_afford", ("costUsd", "2.25")));
        Assert.StartsWith("That is no amount", await AskAsync(kernel, "can_afford", ("costUsd", "-1")), StringComparison.Ordinal);
        Assert.StartsWith("2 USD are left of the key's limit", await AskAsync(kernel, "get_credits"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProfitAndLoss_IsThatOfTheBooks()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(SimulatedReply.Text("a").WithUsage(100, 10, "0.25"));
        await jarvis.Kernel.InvokePromptAsync("Work", new KernelArguments().WithGoal(42), cancellationToken: Ct);
        IBookkeeping books = jarvis.Services.GetRequiredService<IBookkeeping>();
        await books.AssignAsync("shop", 42, Ct);
        await books.RecordRevenueAsync([new Revenue { Strategy = "shop", AmountUsd = 1m, EarnedAt = TimeProvider.System.GetUtcNow() }], Ct);

        string answer = await AskAsync(jarvis.Kernel, "get_profit_and_loss", ("period", "last_hour"));

        string[] lines = answer.ReplaceLineEndings("\n").Split('\n');
        Assert.EndsWith("UTC: earned 1 USD, models cost 0.25 USD, everything else 0 USD, left 0.75 USD.", lines[0], StringComparison.Ordinal);
        Assert.Equal(["goal 42: earned 1 USD, models cost 0.25 USD, everything else 0 USD, left 0.75 USD."], lines[1..]);
    }

    private static async Task<string> AskAsync(Kernel kernel, string function, params (string Name, object Value)[] arguments) =>
        (await kernel.InvokeAsync("CostReport", function, new KernelArguments(arguments.ToDictionary(a => a.Name, a => (object?)a.Value)), Ct)).ToString();

    private static DateTimeOffset At(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);

    private static Mock<ICostReport> Report(SpendLine total, SpendLine[] lines, SpendLine? rest = null)
    {
        Mock<ICostReport> report = new();
        report.Setup(r => r.GetSpendAsync(It.IsAny<SpendQuery>(), It.IsAny<CancellationToken>())).ReturnsAsync((SpendQuery query, CancellationToken _) => new SpendReport
        {
            Query = query,
            Lines = lines,
            Total = total,
            Rest = rest,
            RestCount = rest is null ? 0 : 3,
        });
        return report;
    }

    private static async Task<string> AskAsync(Mock<ICostReport> report, TimeProvider clock, string period, string groupBy)
    {
        KernelFunction function = CostReportPlugin.Create(report.Object, clock, () => null)["get_spend"];
        return (await function.InvokeAsync(new Kernel(), new KernelArguments { ["period"] = period, ["groupBy"] = groupBy }, Ct)).ToString();
    }
}
