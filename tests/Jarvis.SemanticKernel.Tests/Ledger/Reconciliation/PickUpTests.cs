using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Jarvis.SemanticKernel.OpenRouter;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;

/// <summary>What one process leaves, another one takes up.</summary>
public sealed class PickUpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PickUp_CallsThatWereLeft_AreAskedAboutAtOnce()
    {
        using WorkerUnderTest test = new();
        UnresolvedCall[] left = [.. Enumerable.Range(0, 3).Select(i => test.Call($"gen-{i}") with { EndedAt = test.Clock.GetUtcNow().AddHours(-1) })];
        test.Records.OnRead = () => left;
        test.Api.OnGeneration = _ => Task.FromResult<Generation?>(FakeOpenRouterApi.Row(1m));

        test.Worker.PickUp();
        test.Worker.PickUp();
        await SettledAsync(test, 3);

        Assert.Equal(1, test.Records.Reads);
        Assert.Equal(left.Select(call => call.CallId).Order(), test.Records.Corrections.Select(correction => correction.CallId).Order());
    }

    [Fact]
    public async Task PickUp_ManyContainersOfOneProcess_LookOnce()
    {
        string database = Guid.NewGuid().ToString();
        FakeCallRecords records = new();
        using ReconciliationWorker first = Worker(records, database);
        using ReconciliationWorker second = Worker(records, database);
        using ReconciliationWorker elsewhere = Worker(records, Guid.NewGuid().ToString());

        first.PickUp();
        await Eventually.TrueAsync(() => Task.FromResult(records.Reads == 1), Ct);
        second.PickUp();
        elsewhere.PickUp();
        await Eventually.TrueAsync(() => Task.FromResult(records.Reads == 2), Ct);
    }

    [Fact]
    public async Task PickUp_ThatFails_IsLeftToTheNextContainer()
    {
        string database = Guid.NewGuid().ToString();
        FakeCallRecords records = new() { OnRead = () => throw new TimeoutException() };
        using ReconciliationWorker first = Worker(records, database);
        using ReconciliationWorker second = Worker(records, database);

        first.PickUp();
        PickUpTurn turn = new(database);
        await Eventually.TrueAsync(
            () =>
            {
                bool isFree = turn.TryTake();
                if (isFree)
                {
                    turn.GiveBack();
                }

                return Task.FromResult(isFree && records.Reads == 1);
            },
            Ct);
        second.PickUp();
        await Eventually.TrueAsync(() => Task.FromResult(records.Reads == 2), Ct);
    }

    [Fact]
    public async Task KernelThatNobodyHoldsAnyMore_IsNotKeptByTheCallsThatWait()
    {
        WeakReference<ReconciliationWorker> worker = WaitForADroppedOne();

        await Eventually.TrueAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Task.FromResult(!worker.TryGetTarget(out _));
            },
            Ct);
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "A kernel that was built on its own is never disposed: that is what this is about.")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<ReconciliationWorker> WaitForADroppedOne()
    {
        ReconciliationWorker worker = Worker(new FakeCallRecords(), Guid.NewGuid().ToString());
        worker.Add(new UnresolvedCall(Guid.NewGuid(), "gen-1", TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow()));
        return new WeakReference<ReconciliationWorker>(worker);
    }

    private static ReconciliationWorker Worker(FakeCallRecords records, string database)
    {
        FakeOpenRouterApi api = new();
        JarvisRoutingOptions options = new();
        options.Ledger.Reconciliation.FirstWait = TimeSpan.FromMinutes(1);
        CostInquiry inquiry = new(api, new PriceList(api, TimeProvider.System), records, TimeProvider.System);
        return new ReconciliationWorker(inquiry, records, api, new PickUpTurn(database), Options.Create(options), TimeProvider.System, NullLogger<ReconciliationWorker>.Instance);
    }

    // The look is not in virtual time, what it finds is.
    private static Task SettledAsync(WorkerUnderTest test, int calls) => Eventually.TrueAsync(
        () =>
        {
            test.Clock.Advance(TimeSpan.FromMilliseconds(1));
            return Task.FromResult(test.Records.Corrections.Count == calls);
        },
        Ct);
}
