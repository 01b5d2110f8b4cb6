using System.Text;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Documentation;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.Ledger.Journal;
using Jarvis.SemanticKernel.Tests.ModelCalls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Ledger;

/// <summary>What the journal knows of a call while it is under way, seen from outside.</summary>
public sealed class CallsUnderWayTests : IDisposable
{
    private readonly TemporaryFolder _journal = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _journal.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_ThatReachesTheUpstream_IsInTheJournalUntilItsRecordIsDurable(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        TaskCompletionSource mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        AiCallRecord? atArrival = null;
        jarvis.Upstream.OnChat = _ =>
        {
            atArrival = Assert.Single(ReadIntents());
            return SimulatedReply.Text("x").WaitFor(mayAnswer.Task);
        };
        Task call;
        using (JarvisScope.Begin(goal: 42, agent: "planner", run: "run-1"))
        {
            call = ChatReply.AskAsync(jarvis.Chat(Tier.Strong), streamed, Ct);
        }

        await jarvis.Upstream.WaitForRequestsAsync(1, Ct);
        mayAnswer.SetResult();
        await call;

        Assert.Equal(("strong", "anthropic/claude-opus-4.6", 1, streamed), (atArrival!.Tier, atArrival.RequestedModel, atArrival.Attempt, atArrival.IsStreamed));
        Assert.Equal((42, "planner", "run-1", "direct"), (atArrival.GoalId, atArrival.Agent, atArrival.RunId, atArrival.Route));
        Assert.Empty(ReadIntents());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GenerationId_IsKnownAsSoonAsTheUpstreamNamesIt(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync();
        TaskCompletionSource mayGoOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        jarvis.Upstream.DefaultReply = streamed ? SimulatedReply.Text("several words of it").PauseAfterChunk(1, mayGoOn.Task) : SimulatedReply.Text("x").PauseAfterChunk(0, mayGoOn.Task);

        Task call = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);
        await Eventually.TrueAsync(() => Task.FromResult(ReadIntents() is [{ GenerationId: not null }]), Ct);
        string? known = ReadIntents()[0].GenerationId;
        mayGoOn.SetResult();
        await call;

        Assert.Equal(Assert.Single(jarvis.Upstream.Billed).GenerationId, known);
        Assert.Empty(ReadIntents());
    }

    [Fact]
    public async Task CallThatTheSwitchStops_IsForgotten()
    {
        await using JarvisHarness jarvis = await StartAsync(services => services.AddSingleton<IModelCallFilter>(provider => new DelegateFilter(async (context, next) =>
        {
            await provider.GetRequiredService<IKillSwitch>().ActivateAsync("enough", "test", cancellationToken: Ct);
            await next(context);
        })));

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct));

        Assert.Empty(ReadIntents());
    }

    [Fact]
    public async Task RecordThatIsDurableNowhere_StaysUnderWayAndTheAnswerIsWithTheCaller()
    {
        RecordingLedger ledger = new() { Fails = true };
        await using JarvisHarness jarvis = await StartAsync(services => services.AddSingleton<IAiCallLedger>(ledger));
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("an answer that was paid for").WithUsage(7, 3, "0.5");

        LedgerException lost = await Assert.ThrowsAsync<LedgerException>(() => jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct));

        Assert.Equal(0.5m, lost.Record.CostUsd);
        Assert.Contains("an answer that was paid for", lost.ResponseBody, StringComparison.Ordinal);
        Assert.DoesNotContain("an answer that was paid for", lost.ToString(), StringComparison.Ordinal);
        Assert.Equal(lost.Record.CallId, Assert.Single(ReadIntents()).CallId);
    }

    [Fact]
    public async Task CallerOfALostRecord_AsTheDocumentsShowIt_HasRecordAndAnswer()
    {
        RecordingLedger ledger = new() { Fails = true };
        await using JarvisHarness jarvis = await StartAsync(services => services.AddSingleton<IAiCallLedger>(ledger));
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("the plan");
        List<AiCallRecord> kept = [];

        string? answer = await LedgerSample.LostAsync(jarvis.Chat(Tier.Mid), record => Task.Run(() => kept.Add(record), Ct));

        Assert.Contains("the plan", answer, StringComparison.Ordinal);
        Assert.Equal(AiCallStatus.Ok, Assert.Single(kept).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Files_HoldNeitherPromptNorAnswerNorKey(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync(
            services => services.AddSingleton<IAiCallStore>(new MemoryStore { Fails = batch => batch[0].Attempt == 1 ? new IOException("down") : new FormatException("no") }));
        List<string> seen = [];
        jarvis.Upstream.OnChat = _ =>
        {
            seen.AddRange(_journal.Files().Select(ReadBytes));
            return jarvis.Upstream.RequestCount == 1 ? SimulatedReply.Error(503, $"{Canaries.Message} {Canaries.Secret}") : SimulatedReply.Text(Canaries.Secret);
        };

        await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct, prompt: $"The secret is {Canaries.Secret}.");
        seen.AddRange(_journal.Files().Select(ReadBytes));

        Assert.Contains(seen, text => text.Contains("anthropic/claude-sonnet-4.5", StringComparison.Ordinal));
        Assert.Contains(_journal.Files(), file => file.EndsWith(".journal", StringComparison.Ordinal));
        Assert.All(seen, text =>
        {
            Assert.DoesNotContain(Canaries.Secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Canaries.Message, text, StringComparison.Ordinal);
            Assert.DoesNotContain(JarvisHarness.ApiKey, text, StringComparison.Ordinal);
        });
    }

    private static string ReadBytes(string name)
    {
        using FileStream? file = JournalFolder.TryRead(name);
        using StreamReader? reader = file is null ? null : new StreamReader(file, Encoding.Latin1);
        return reader?.ReadToEnd() ?? "";
    }

    private Task<JarvisHarness> StartAsync(Action<IServiceCollection>? register = null) =>
        JarvisHarness.StartAsync(configure: options => options.Ledger.JournalFolder = _journal.Path, register: register);

    private List<AiCallRecord> ReadIntents() => IntentFiles.Read(_journal);
}
