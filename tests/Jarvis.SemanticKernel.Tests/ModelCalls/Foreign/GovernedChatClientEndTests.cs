using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static Jarvis.SemanticKernel.Tests.ModelCalls.Foreign.GovernedClient;

namespace Jarvis.SemanticKernel.Tests.ModelCalls.Foreign;

/// <summary>A call of a chat client that is not ours ends as one of a tier does, whoever ends it.</summary>
public class GovernedChatClientEndTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly RecordingLedger _ledger = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task SwitchActive_TheClientIsNotCalled(bool streamed, bool onlyItsTier)
    {
        await using JarvisHarness jarvis = await StartAsync();
        var own = new ScriptedChatClient();
        using IChatClient client = Govern(jarvis, own);
        await jarvis.KillSwitch.ActivateAsync(
            "runaway", "test", onlyItsTier ? new KillSwitchActivation { Scope = KillSwitchScope.ForTier("acme") } : null, Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => AskAsync(client, streamed));

        Assert.Equal(0, own.Calls);
        Assert.Empty(_ledger.Records);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Switch_ThatCuts_EndsTheCall(bool streamed, bool isPolite)
    {
        await using JarvisHarness jarvis = await StartAsync();
        var own = new ScriptedChatClient { Gate = new TaskCompletionSource().Task, IsPolite = isPolite };
        using IChatClient client = Govern(jarvis, own);
        Task<string> asking = AskAsync(client, streamed);
        await own.Arrived.Task.WaitAsync(Bound, Ct);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", new KillSwitchActivation { InFlight = KillSwitchInFlight.Cancel }, Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => asking.WaitAsync(Bound, Ct));
        AiCallRecord record = Assert.Single(_ledger.Records);
        Assert.Equal((AiCallStatus.Cancelled, "failure=KillSwitch"), (record.Status, record.Error));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Caller_WhoCancels_IsRecorded(bool streamed, bool isPolite)
    {
        await using JarvisHarness jarvis = await StartAsync();
        var own = new ScriptedChatClient { Gate = new TaskCompletionSource().Task, IsPolite = isPolite };
        using IChatClient client = Govern(jarvis, own);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task<string> asking = AskAsync(client, streamed, giveUp.Token);
        await own.Arrived.Task.WaitAsync(Bound, Ct);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(Bound, Ct));
        Assert.Equal(AiCallStatus.Cancelled, Assert.Single(_ledger.Records).Status);
    }

    [Fact]
    public async Task Reader_WhoLeaves_EndsTheClientsStream()
    {
        await using JarvisHarness jarvis = await StartAsync();
        var own = new ScriptedChatClient { Gate = new TaskCompletionSource().Task };
        using IChatClient client = Govern(jarvis, own);
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("hello", cancellationToken: Ct))
        {
            Assert.Equal("an ", update.Text);
            break;
        }

        Assert.Equal(AiCallStatus.Cancelled, Assert.Single(_ledger.Records).Status);
        await own.Ended.Task.WaitAsync(Bound, Ct);
    }

    [Theory]
    [InlineData(false, "FirstByteTimeout", 3)]
    [InlineData(true, "StreamIdleTimeout", 5)]
    public async Task Silence_EndsWithTheLimitsOfATier(bool streamed, string limit, int minutes)
    {
        var clock = new FakeTimeProvider();
        await using JarvisHarness jarvis = await StartAsync(services => services.AddSingleton<TimeProvider>(clock));
        var own = new ScriptedChatClient { Gate = new TaskCompletionSource().Task, IsPolite = false };
        using IChatClient client = Govern(jarvis, own);
        Task<string> asking = AskAsync(client, streamed);
        await own.Arrived.Task.WaitAsync(Bound, Ct);

        clock.Advance(TimeSpan.FromMinutes(minutes));

        Assert.Equal(AiCallStatus.Timeout, (await Assert.ThrowsAnyAsync<ModelCallException>(() => asking.WaitAsync(Bound, Ct))).Status);
        Assert.Equal($"failure={limit}", Assert.Single(_ledger.Records).Error);
    }

    [Theory]
    [InlineData(false, AiCallStatus.Error)]
    [InlineData(true, AiCallStatus.Cut)]
    public async Task Failure_OfTheClient_ReachesTheCallerAsItself(bool streamed, AiCallStatus status)
    {
        await using JarvisHarness jarvis = await StartAsync();
        var failure = new FormatException("the client's own");
        using IChatClient client = Govern(jarvis, new ScriptedChatClient { Failure = failure });

        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => AskAsync(client, streamed)));

        Assert.Equal(status, Assert.Single(_ledger.Records).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TimeLimit_OfTheClient_IsNoneOfOurs(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        var failure = new TaskCanceledException("the client's own limit");
        using IChatClient client = Govern(jarvis, new ScriptedChatClient { Failure = failure });

        Assert.Same(failure, await Assert.ThrowsAsync<TaskCanceledException>(() => AskAsync(client, streamed)));

        Assert.Equal(AiCallStatus.Cut, Assert.Single(_ledger.Records).Status);
    }

    private Task<JarvisHarness> StartAsync(Action<IServiceCollection>? register = null) => GovernedClient.StartAsync(_ledger, register);
}
