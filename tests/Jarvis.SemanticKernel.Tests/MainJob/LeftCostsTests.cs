using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>What one process could not find out stands in the records: another one takes it up, two at once do no harm, and an operator has it asked about.</summary>
public abstract class LeftCostsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CallsThatWereLeft_AreTakenUpByTheNextProcess()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 8, 16, 12, 0, 0, TimeSpan.Zero));
        await using OpenRouterSimulator upstream = await StartUpstreamAsync(clock, TimeSpan.FromHours(1));
        await using UnderReconciliation first = await UnderReconciliation.StartAsync(database, clock: clock, upstream: upstream);
        await first.CallAsync(Reply("0.5"), "cut");
        await first.CallAsync(Reply("0.25"), "cancelled");
        await Eventually.TrueAsync(async () => await database.CountAsync(database.Details) == 2, Ct);
        for (int i = 0; i < 150; i++)
        {
            await first.PassSecondAsync();
        }

        clock.Advance(TimeSpan.FromHours(1));
        await first.PassSecondAsync();
        Assert.Equal(2, (await first.SpendAsync()).UnresolvedCalls);

        await using UnderReconciliation second = await UnderReconciliation.StartAsync(database, clock: clock, upstream: upstream);
        await second.CallAsync(Reply("0.125"));
        await second.UntilUnresolvedAsync(0);

        Assert.Equal(0.875m, (await second.SpendAsync()).CostUsd);
        Assert.Equal(2, await database.CountAsync($"{database.Corrections} WHERE asked_by = 'worker'"));
    }

    [Theory]
    [InlineData(25)]
    [InlineData(0)]
    public async Task CallsThatAreTooOld_AreLeftToTheOperator(int hoursLater)
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 8, 16, 12, 0, 0, TimeSpan.Zero));
        await using OpenRouterSimulator upstream = await StartUpstreamAsync(clock);
        await LeaveCallsAsync(database, clock, upstream, 1);
        clock.Advance(TimeSpan.FromHours(hoursLater));
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(
            database, clock: clock, upstream: upstream, configure: options => options.Ledger.Reconciliation.PickUpWithin = hoursLater == 0 ? TimeSpan.Zero : TimeSpan.FromDays(1));
        await test.CallAsync(Reply("0.125"));
        for (int i = 0; i < 10; i++)
        {
            await test.PassSecondAsync();
        }

        Assert.Equal(1, (await test.SpendAsync()).UnresolvedCalls);
        ReconciliationReport report = await test.Jarvis.Services.GetRequiredService<ICostReconciliation>().ReconcileAsync(cancellationToken: Ct);

        Assert.Equal(new ReconciliationReport(1, 1, 0.5m, 0, 0, null), report);
        Assert.Equal(0, (await test.SpendAsync()).UnresolvedCalls);
        Assert.Equal(1, await database.CountAsync($"{database.Corrections} WHERE asked_by = 'operator'"));
    }

    [Fact]
    public async Task TwoProcessesAtOnce_CorrectEachRecordOnce()
    {
        const int Calls = 25;
        await using TestDatabase database = await CreateDatabaseAsync();
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 8, 16, 12, 0, 0, TimeSpan.Zero));
        await using OpenRouterSimulator upstream = await StartUpstreamAsync(clock);
        await LeaveCallsAsync(database, clock, upstream, Calls);
        await using UnderReconciliation one = await UnderReconciliation.StartAsync(database, clock: clock, upstream: upstream);
        await using UnderReconciliation two = await UnderReconciliation.StartAsync(database, clock: clock, upstream: upstream);

        Task<ReconciliationReport> byHand = one.Jarvis.Services.GetRequiredService<ICostReconciliation>().ReconcileAsync(cancellationToken: Ct);
        await Task.WhenAll(one.CallAsync(Reply("0")), two.CallAsync(Reply("0")));
        await Task.WhenAll(one.UntilUnresolvedAsync(0), two.UntilUnresolvedAsync(0));
        ReconciliationReport report = await byHand;

        Assert.Equal((Calls, 0, null), (report.Reconciled + report.KnownMeanwhile, report.Unknown, report.Fault));
        Assert.Equal(Calls, await database.CountAsync(database.Corrections));
        Assert.Equal(Calls + 2, await database.CountAsync("ai_calls"));
        Assert.Equal(Calls * 0.5m, (await one.SpendAsync()).CostUsd);
        Assert.Equal(upstream.TotalBilledUsd, (await one.SpendAsync()).CostUsd);
    }

    [Fact]
    public async Task Operator_ComputedCostOfOpenRouter_IsReplacedByWhatItSays()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 8, 16, 12, 0, 0, TimeSpan.Zero));
        await using OpenRouterSimulator upstream = await StartUpstreamAsync(clock);
        await LeaveCallsAsync(database, clock, upstream, 1);
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(database, clock: clock, upstream: upstream);
        await database.ExecuteAsync($"UPDATE {database.Details} SET cost_source = 'computed', cost_usd_exact = 7");

        ReconciliationReport report = await test.Jarvis.Services.GetRequiredService<ICostReconciliation>().ReconcileAsync(cancellationToken: Ct);

        Assert.Equal(new ReconciliationReport(1, 1, 0.5m, 0, 0, null), report);
        Assert.Equal("reconciled", Assert.Single(await database.ReadCallsAsync()).CostSource);
        Assert.Equal(1, await database.CountAsync($"{database.Corrections} WHERE cost_source_before = 'computed' AND cost_usd_before = 7"));
    }

    [Fact]
    public async Task Operator_SinceAndProgress_AreWhatWasAskedFor()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 8, 16, 12, 0, 0, TimeSpan.Zero));
        await using OpenRouterSimulator upstream = await StartUpstreamAsync(clock);
        await LeaveCallsAsync(database, clock, upstream, 2);
        clock.Advance(TimeSpan.FromHours(1));
        DateTimeOffset since = clock.GetUtcNow();
        await LeaveCallsAsync(database, clock, upstream, 3);
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(database, clock: clock, upstream: upstream);
        List<int> asked = [];

        ReconciliationReport report = await test.Jarvis.Services.GetRequiredService<ICostReconciliation>().ReconcileAsync(since, new Progress(asked), Ct);

        Assert.Equal(new ReconciliationReport(3, 3, 1.5m, 0, 0, null), report);
        Assert.Equal([1, 2, 3], asked);
        Assert.Equal(2, (await test.SpendAsync()).UnresolvedCalls);
    }

    [Fact]
    public async Task Operator_EndpointThatFails_EndsWithWhatWasFoundAndSaysWhy()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 8, 16, 12, 0, 0, TimeSpan.Zero));
        await using OpenRouterSimulator upstream = await StartUpstreamAsync(clock);
        await LeaveCallsAsync(database, clock, upstream, 3);
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(database, clock: clock, upstream: upstream);
        ICostReconciliation costs = test.Jarvis.Services.GetRequiredService<ICostReconciliation>();
        int asked = 0;
        upstream.OnRead = _ => Interlocked.Increment(ref asked) == 1 ? null : SimulatedReply.Error(401, "no such key");

        ReconciliationReport refused = await costs.ReconcileAsync(cancellationToken: Ct);
        upstream.OnRead = _ => SimulatedReply.NoProvider("vendor/model", TimeSpan.FromMinutes(5));
        ReconciliationReport busy = await costs.ReconcileAsync(cancellationToken: Ct);

        Assert.Equal((3, 1, 1), (refused.Total, refused.Asked, refused.Reconciled));
        Assert.Contains("refuses the key: HTTP 401", refused.Fault, StringComparison.Ordinal);
        Assert.Equal((2, 0), (busy.Total, busy.Asked));
        Assert.Contains("does not want to be asked for 300 s: HTTP 503", busy.Fault, StringComparison.Ordinal);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Operator_EndpointThatFailsForAWhile_IsAskedAgain()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 8, 16, 12, 0, 0, TimeSpan.Zero));
        await using OpenRouterSimulator upstream = await StartUpstreamAsync(clock);
        await LeaveCallsAsync(database, clock, upstream, 1);
        await using UnderReconciliation test = await UnderReconciliation.StartAsync(database, clock: clock, upstream: upstream);
        int asked = 0;
        upstream.OnRead = _ => Interlocked.Increment(ref asked) switch { 1 => SimulatedReply.ServerError(), 2 => SimulatedReply.RateLimitedUpstream(retryAfter: TimeSpan.FromSeconds(30)), _ => null };

        Task<ReconciliationReport> asking = test.Jarvis.Services.GetRequiredService<ICostReconciliation>().ReconcileAsync(cancellationToken: Ct);
        await Eventually.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(100));
                return Task.FromResult(asking.IsCompleted);
            },
            Ct);

        Assert.Equal(new ReconciliationReport(1, 1, 0.5m, 0, 0, null), await asking);
        Assert.Equal(3, asked);
    }

    private protected abstract Task<TestDatabase> CreateDatabaseAsync();

    private static SimulatedReply Reply(string cost) => SimulatedReply.Text("one two three four").WithUsage(812, 164, cost);

    private static Task<OpenRouterSimulator> StartUpstreamAsync(FakeTimeProvider clock, TimeSpan generationDelay = default) =>
        OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { TimeProvider = clock, GenerationDelay = generationDelay, ApiKey = JarvisHarness.ApiKey }, Ct);

    // As a process leaves them that ends before it could ask.
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "Its container is disposed of, and its upstream is shared.")]
    private static async Task LeaveCallsAsync(TestDatabase database, FakeTimeProvider clock, OpenRouterSimulator upstream, int calls)
    {
        long before = await LeftAsync();
        UnderReconciliation process = await UnderReconciliation.StartAsync(
            database, clock: clock, upstream: upstream, configure: options => options.Ledger.Reconciliation.IsEnabled = false);
        for (int i = 0; i < calls; i++)
        {
            await process.CallAsync(Reply("0.5"), "cut");
        }

        Assert.Equal(before + calls, await LeftAsync());

        // Not the upstream, which is shared.
        await ((ServiceProvider)process.Jarvis.Services).DisposeAsync();

        async Task<long> LeftAsync()
        {
            try
            {
                return await database.CountAsync(database.Details);
            }
            catch (System.Data.Common.DbException)
            {
                return 0;
            }
        }
    }

    private sealed class Progress(List<int> asked) : IProgress<ReconciliationReport>
    {
        public void Report(ReconciliationReport value) => asked.Add(value.Asked);
    }
}
