using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

/// <summary>Fifty running streams and ten running calls at once, over real HTTP, and a switch in Postgres that is pulled from outside of the process.</summary>
public class CutManyTests(PostgresServer server)
{
    private const int Streams = 50;
    private const int Calls = 10;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource _mayGoOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PulledFromOutside_CutsAll(bool isByHand)
    {
        await using TestDatabase database = await PostgresTestDatabase.CreateAsync(server);
        await using JarvisHarness outside = await JarvisHarness.StartAsync(database.Setting);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        await outside.Operator.DeactivateAsync("ready", "test", cancellationToken: Ct);
        Task[] running = await BeginAsync(jarvis);

        await (isByHand
            ? database.ExecuteAsync("""UPDATE agent_state SET value = '{"active":true,"reason":"runaway","inFlight":"cancel"}' WHERE key = 'kill_switch'""")
            : outside.KillSwitch.ActivateAsync("runaway", "test", new KillSwitchActivation { InFlight = KillSwitchInFlight.Cancel }, Ct));

        foreach (Task call in running)
        {
            Assert.Equal("runaway", (await Assert.ThrowsAsync<KillSwitchActiveException>(() => call.WaitAsync(Bound, Ct))).State.Reason);
        }

        SimulatedRequestOutcome[] outcomes = await Task.WhenAll(jarvis.Upstream.Requests.Select(request => request.Completion)).WaitAsync(Bound, Ct);
        Assert.Equal(Enumerable.Repeat(SimulatedRequestOutcome.ClientClosed, Streams + Calls), outcomes);
        RecordedCall[] records = [.. await database.ReadCallsAsync()];
        Assert.Equal(Streams + Calls, records.Length);
        Assert.All(records, record => Assert.Equal(("cancelled", "failure=KillSwitch", null), (record.Status, record.Error, record.CostUsd)));
    }

    [Fact]
    public async Task PulledFromOutsideToFinish_LetsAllComplete()
    {
        await using TestDatabase database = await PostgresTestDatabase.CreateAsync(server);
        await using JarvisHarness outside = await JarvisHarness.StartAsync(database.Setting);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        await outside.Operator.DeactivateAsync("ready", "test", cancellationToken: Ct);
        Task[] running = await BeginAsync(jarvis);

        await outside.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        await Eventually.TrueAsync(async () => (await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive, Ct);
        await Assert.ThrowsAsync<KillSwitchActiveException>(() => ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: true, Ct));
        _mayGoOn.SetResult();
        await Task.WhenAll(running).WaitAsync(Bound, Ct);

        RecordedCall[] records = [.. await database.ReadCallsAsync()];
        Assert.Equal(Enumerable.Repeat("ok", Streams + Calls), records.Select(record => record.Status));
        Assert.Equal(jarvis.Upstream.TotalBilledUsd, records.Sum(record => record.CostUsd));
    }

    private async Task<Task[]> BeginAsync(JarvisHarness jarvis)
    {
        jarvis.Upstream.OnChat = request =>
            SimulatedReply.Text("an answer in quite a few pieces, long enough to be in the middle of").PauseAfterChunk(request.IsStreaming ? 5 : 0, _mayGoOn.Task);
        Task[] running = [.. Enumerable.Range(0, Streams + Calls).Select(i => (Task)ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: i < Streams, Ct))];
        await jarvis.Upstream.WaitForRequestsAsync(Streams + Calls, Ct).WaitAsync(Bound, Ct);
        return running;
    }
}
