using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.ModelCalls;
using Microsoft.Extensions.DependencyInjection;
using Asked = System.Threading.Tasks.Task<(Jarvis.SemanticKernel.Tests.ModelCalls.ExpectedReply Reply, Jarvis.SemanticKernel.ModelCallException? Failure)>;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>Whether calls under way finish or are cut: what the activation says, else what the process says; and what it covers.</summary>
public class CutChoiceTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly KillSwitchActivation Cut = new() { InFlight = KillSwitchInFlight.Cancel };

    private readonly TaskCompletionSource _mayGoOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(KillSwitchInFlight.Finish, null, false)]
    [InlineData(KillSwitchInFlight.Cancel, null, true)]
    [InlineData(KillSwitchInFlight.Finish, KillSwitchInFlight.Cancel, true)]
    [InlineData(KillSwitchInFlight.Cancel, KillSwitchInFlight.Finish, false)]
    public async Task Activation_ThatSays_WinsOverTheProcess(KillSwitchInFlight option, KillSwitchInFlight? said, bool isCut)
    {
        await using JarvisHarness jarvis = await StartAsync(option);
        (Asked call, Asked stream) = await BeginAsync(jarvis);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", new KillSwitchActivation { InFlight = said }, Ct);

        Assert.Equal(said, (await jarvis.KillSwitch.GetStateAsync(Ct)).InFlight);
        await AssertEndAsync(call, stream, isCut);
    }

    [Fact]
    public async Task Activation_ThatCutsAfterOneThatDidNot_CutsWhatIsStillUnderWay()
    {
        await using JarvisHarness jarvis = await StartAsync();
        (Asked call, Asked stream) = await BeginAsync(jarvis);
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        Assert.False(call.IsCompleted || stream.IsCompleted);

        await jarvis.KillSwitch.ActivateAsync("now", "test", Cut, Ct);

        await AssertEndAsync(call, stream, isCut: true);
    }

    [Fact]
    public async Task Release_LeavesWhatItFindsAlone()
    {
        await using JarvisHarness jarvis = await StartAsync();
        (Asked call, Asked stream) = await BeginAsync(jarvis);
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        await jarvis.Operator.DeactivateAsync("a mistake", "test", cancellationToken: Ct);

        await AssertEndAsync(call, stream, isCut: false);
    }

    [Fact]
    public async Task CutThatWasReleased_CutsNothingThatBeginsAfterwards()
    {
        await using JarvisHarness jarvis = await StartAsync();
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Cut, Ct);
        await jarvis.Operator.DeactivateAsync("a mistake", "test", cancellationToken: Ct);
        (Asked call, Asked stream) = await BeginAsync(jarvis);

        // Another switch that covers neither makes everybody look again.
        await jarvis.KillSwitch.ActivateAsync("elsewhere", "test", Cut with { Scope = KillSwitchScope.ForAgent("other") }, Ct);

        await AssertEndAsync(call, stream, isCut: false);
    }

    [Fact]
    public async Task CutOfATier_CutsOnlyItsCalls()
    {
        await using JarvisHarness jarvis = await StartAsync();
        (Asked call, Asked stream) = await BeginAsync(jarvis);

        await jarvis.KillSwitch.ActivateAsync("too dear", "test", Cut with { Scope = KillSwitchScope.ForTier(Tier.Strong) }, Ct);

        KillSwitchActiveException cut = await Assert.ThrowsAsync<KillSwitchActiveException>(() => call.WaitAsync(Bound, Ct));
        Assert.Equal(KillSwitchScope.ForTier(Tier.Strong), cut.State.Scope);
        await AssertWholeAsync(stream);
    }

    [Fact]
    public async Task CutOfATierUnderAGlobalActivationThatLetsFinish_CutsItsCalls()
    {
        await using JarvisHarness jarvis = await StartAsync();
        (Asked call, Asked stream) = await BeginAsync(jarvis);
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", new KillSwitchActivation { InFlight = KillSwitchInFlight.Finish }, Ct);

        await jarvis.KillSwitch.ActivateAsync("too dear", "test", Cut with { Scope = KillSwitchScope.ForTier(Tier.Strong) }, Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => call.WaitAsync(Bound, Ct));
        await AssertWholeAsync(stream);
    }

    [Fact]
    public async Task SwitchOfAnUnknownKind_StopsAndCutsNothing()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await StartAsync(database: database);
        (Asked call, Asked stream) = await BeginAsync(jarvis);

        await database.ExecuteAsync("""INSERT INTO agent_state (key, value) VALUES ('kill_switch:planet:mars', '{"active":true,"inFlight":"cancel"}')""");
        await Eventually.TrueAsync(async () => (await jarvis.KillSwitch.GetStatesAsync(Ct)).Count > 1, Ct);

        await AssertEndAsync(call, stream, isCut: false);
    }

    [Theory]
    [InlineData("Cancel", true)]
    [InlineData("cancel", true)]
    [InlineData("now", false)]
    [InlineData("", false)]
    public async Task RowThatWasWrittenByHand_CutsWithTheKnownWordOnly(string word, bool isCut)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await StartAsync(database: database);
        await jarvis.Operator.DeactivateAsync("ready", "test", cancellationToken: Ct);
        (Asked call, Asked stream) = await BeginAsync(jarvis);

        await database.ExecuteAsync($$"""UPDATE agent_state SET value = '{"active":true,"inFlight":"{{word}}"}' WHERE key = 'kill_switch'""");
        await Eventually.TrueAsync(async () => (await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive, Ct);

        await AssertEndAsync(call, stream, isCut);
    }

    [Theory]
    [InlineData(KillSwitchInFlight.Finish, false)]
    [InlineData(KillSwitchInFlight.Cancel, true)]
    public async Task SwitchThatSomebodyBroughtAlong_CutsWhereTheProcessSaysSo(KillSwitchInFlight option, bool isCut)
    {
        using OwnSwitch own = new();
        await using JarvisHarness jarvis = await StartAsync(option, register: services => services.AddSingleton<IKillSwitch>(own));
        (Asked call, Asked stream) = await BeginAsync(jarvis);

        await own.ActivateAsync("runaway", "test", cancellationToken: Ct);

        await AssertEndAsync(call, stream, isCut);
    }

    [Fact]
    public async Task Activation_WithAChoiceThatIsNone_IsRefused()
    {
        await using JarvisHarness jarvis = await StartAsync();

        ArgumentOutOfRangeException refused = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => jarvis.KillSwitch.ActivateAsync("runaway", "test", new KillSwitchActivation { InFlight = (KillSwitchInFlight)7 }, Ct));

        Assert.Contains(nameof(KillSwitchInFlight), refused.Message, StringComparison.Ordinal);
        Assert.False((await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);
    }

    private static Task<JarvisHarness> StartAsync(
        KillSwitchInFlight option = KillSwitchInFlight.Finish, TestDatabase? database = null, Action<IServiceCollection>? register = null) => JarvisHarness.StartAsync(
        database?.Setting,
        options => (options.KillSwitch.InFlight, options.KillSwitch.CacheDuration) = (option, TimeSpan.FromMilliseconds(50)),
        register);

    /// <summary>Begins a call of one tier and a stream of another that wait for the test.</summary>
    private async Task<(Asked Call, Asked Stream)> BeginAsync(JarvisHarness jarvis)
    {
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("one two three four five six").PauseAfterChunk(0, _mayGoOn.Task);
        Asked call = ChatReply.AskAsync(jarvis.Chat(Tier.Strong), streamed: false, Ct);
        Asked stream = ChatReply.AskAsync(jarvis.Chat(Tier.Cheap), streamed: true, Ct);
        await jarvis.Upstream.WaitForRequestsAsync(2, Ct);
        return (call, stream);
    }

    private async Task AssertEndAsync(Asked call, Asked stream, bool isCut)
    {
        if (isCut)
        {
            await Assert.ThrowsAsync<KillSwitchActiveException>(() => call.WaitAsync(Bound, Ct));
            await Assert.ThrowsAsync<KillSwitchActiveException>(() => stream.WaitAsync(Bound, Ct));
            return;
        }

        await AssertWholeAsync(call);
        await AssertWholeAsync(stream);
    }

    private async Task AssertWholeAsync(Asked asked)
    {
        _mayGoOn.TrySetResult();
        Assert.Equal("one two three four five six", (await asked.WaitAsync(Bound, Ct)).Reply.Text);
    }

    private sealed class OwnSwitch : IKillSwitch, IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public CancellationToken StopToken => _stop.Token;

        public ValueTask<KillSwitchState> GetStateAsync(CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(new KillSwitchState { IsActive = _stop.IsCancellationRequested });

        public async ValueTask<IReadOnlyList<KillSwitchState>> GetStatesAsync(CancellationToken cancellationToken = default) => [await GetStateAsync(cancellationToken)];

        public async ValueTask ThrowIfActiveAsync(CancellationToken cancellationToken = default)
        {
            if (_stop.IsCancellationRequested)
            {
                throw new KillSwitchActiveException(await GetStateAsync(cancellationToken));
            }
        }

        public Task ActivateAsync(string reason, string triggeredBy, KillSwitchActivation? activation = null, CancellationToken cancellationToken = default) => _stop.CancelAsync();

        public Task<IReadOnlyList<KillSwitchAuditEntry>> GetHistoryAsync(int limit = 20, CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<KillSwitchAuditEntry>>([]);

        public void Dispose() => _stop.Dispose();
    }
}
