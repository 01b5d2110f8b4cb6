using Jarvis.SemanticKernel.Ledger;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.Ledger;

/// <summary>A ledger over a store that commits when the test says so, by a clock that only the test moves.</summary>
public abstract class GroupCommitTests
{
    private protected static TimeSpan Bound { get; } = TimeSpan.FromSeconds(30);

    private protected FakeTimeProvider Clock { get; } = new();

    private protected FakeLogCollector Logs { get; } = new();

    private protected static TimeSpan StoreTimeout => new LedgerOptions().StoreTimeout;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected static AiCallRecord Record() => new()
    {
        CallId = Guid.CreateVersion7(),
        StartedAt = DateTimeOffset.UnixEpoch,
        Tier = Tier.Mid,
        RequestedModel = "model",
        Status = AiCallStatus.Ok,
    };

    private protected async Task PassStoreTimeoutAsync(Task hanging)
    {
        for (int i = 0; i < 1000 && !hanging.IsCompleted; i++)
        {
            Clock.Advance(StoreTimeout);
            await Task.WhenAny(hanging, Task.Delay(TimeSpan.FromMilliseconds(5), Ct));
        }
    }

    private protected GroupCommitLedger Ledger(FakeAiCallStore store) =>
        new(store, Options.Create(new JarvisRoutingOptions()), Clock, new FakeLogger<GroupCommitLedger>(Logs));
}
