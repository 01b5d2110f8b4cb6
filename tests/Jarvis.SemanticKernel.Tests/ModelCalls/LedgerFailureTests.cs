using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>A record that could not be written reaches the caller, with the record, and costs no second call.</summary>
public class LedgerFailureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<bool, string> Ends => new()
    {
        { false, "01-chat-success.json" },
        { true, Sample.Streamed },
        { false, "42-error-503-no-provider.json" },
        { true, "42-error-503-no-provider.json" },
        { true, Sample.FailedMidStream },
        { true, Sample.FailedFirst },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Ledger_ThatFails_ReachesTheCallerOnce(bool streamed, string name)
    {
        var ledger = new RecordingLedger { Fails = true };
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.AddSingleton<IAiCallLedger>(ledger));
        jarvis.Upstream.Enqueue(Sample.Load(name).Reply);

        LedgerException failure = await Assert.ThrowsAsync<LedgerException>(() => ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct));

        Assert.Equal(ExpectedCalls.Of(name).Status, failure.Record.Status);
        Assert.Equal(ExpectedCalls.Of(name).CostUsd, failure.Record.CostUsd);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ledger_ThatFailsAfterACut_ReachesTheCallerOnce(bool streamed)
    {
        var ledger = new RecordingLedger { Fails = true };
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.AddSingleton<IAiCallLedger>(ledger));
        jarvis.Upstream.Enqueue(SimulatedReply.Text("half of it").CutAfterBytes(400));

        LedgerException failure = await Assert.ThrowsAsync<LedgerException>(() => ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct));

        Assert.Equal(AiCallStatus.Cut, failure.Record.Status);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
    }
}
