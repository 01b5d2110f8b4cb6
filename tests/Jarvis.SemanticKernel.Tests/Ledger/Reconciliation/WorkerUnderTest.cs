using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Jarvis.SemanticKernel.OpenRouter;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;

/// <summary>The worker over an endpoint and records of the test, in virtual time.</summary>
internal sealed class WorkerUnderTest : IDisposable
{
    private readonly JarvisRoutingOptions _options = new();

    public WorkerUnderTest(Action<ReconciliationOptions>? configure = null)
    {
        configure?.Invoke(_options.Ledger.Reconciliation);
        Prices = new PriceList(Api, Clock);
        Inquiry = new CostInquiry(Api, Prices, Records, Clock);
        Worker = new ReconciliationWorker(Inquiry, Records, Api, new PickUpTurn(Guid.NewGuid().ToString()), Options.Create(_options), Clock, new FakeLogger<ReconciliationWorker>(Logs));
        Unreported = new UnreportedCosts(Inquiry, Prices, Worker);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 8, 16, 12, 0, 0, TimeSpan.Zero));

    public FakeOpenRouterApi Api { get; } = new();

    public FakeCallRecords Records { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public PriceList Prices { get; }

    public CostInquiry Inquiry { get; }

    public ReconciliationWorker Worker { get; }

    public UnreportedCosts Unreported { get; }

    /// <summary>Costs that nobody asks about.</summary>
    public static UnreportedCosts Idle()
    {
        using WorkerUnderTest worker = new(options => options.IsEnabled = false);
        return worker.Unreported;
    }

    /// <summary>Moves the clock, and waits until what is due then is done.</summary>
    public async Task AdvanceAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await Eventually.TrueAsync(() => Task.FromResult(!Worker.IsAsking), TestContext.Current.CancellationToken);
    }

    /// <summary>Lets so much time pass that a call is given up.</summary>
    public async Task ToTheEndAsync()
    {
        for (int i = 0; i < 150; i++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(1));
        }
    }

    public UnresolvedCall Call(string id = "gen-1") => new(Guid.NewGuid(), id, Clock.GetUtcNow(), Clock.GetUtcNow());

    public void Dispose() => Worker.Dispose();
}
