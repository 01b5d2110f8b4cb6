using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>What users' filters may do, and where they stand between the kill switch and the ledger.</summary>
public class ModelCallPipelineTests
{
    private readonly RecordingLedger _ledger = new();
    private readonly List<string> _log = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filters_RunInOrderAroundTheRecord(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync(Logging("first"), Logging("second"));
        await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);

        Assert.Equal(["first in", "second in", "second out, 1 record", "first out, 1 record"], _log);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filter_UnderAnActiveSwitch_DoesNotRun(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync(Logging("first"));
        await jarvis.KillSwitch.ActivateAsync("stop", "test", cancellationToken: Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct));
        AssertNothingHappened(jarvis);
        Assert.Empty(_log);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Switch_ActivatedInAFilter_StopsTheCall(bool streamed)
    {
        JarvisHarness? jarvis = null;
        await using JarvisHarness started = jarvis = await StartAsync(new DelegateFilter(async (context, next) =>
        {
            await jarvis!.KillSwitch.ActivateAsync("stop", "test", cancellationToken: Ct);
            await next(context);
        }));

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => ChatReply.AskAsync(started.Chat(Tier.Mid), streamed, Ct));
        AssertNothingHappened(started);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filter_ThatAnswersItself_SendsAndRecordsNothing(bool streamed)
    {
        var sample = Sample.Load(streamed ? Sample.Streamed : "01-chat-success.json");
        await using JarvisHarness jarvis = await StartAsync(new DelegateFilter((context, _) =>
        {
            context.Response = InMemoryCall.Answer(new ByteArrayContent(sample.Body), streamed ? "text/event-stream" : "application/json", 200);
            return Task.CompletedTask;
        }));

        (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);

        Assert.Equal(ExpectedReplies.Of(sample.Name), reply);
        AssertNothingHappened(jarvis);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filter_ThatNeitherContinuesNorAnswers_IsReported(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync(new DelegateFilter((_, _) => Task.CompletedTask));

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct));
        Assert.Contains(nameof(DelegateFilter), fault.Message, StringComparison.Ordinal);
        AssertNothingHappened(jarvis);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filter_ThatContinuesTwice_SendsOnce(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync(new DelegateFilter(async (context, next) =>
        {
            await next(context);
            await next(context);
        }));

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct));
        Assert.Contains("twice", fault.Message, StringComparison.Ordinal);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
        Assert.Equal(AiCallStatus.Ok, Assert.Single(_ledger.Records).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filter_ThatDoesNotAwaitNext_IsWaitedForAllTheSame(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync(new DelegateFilter((context, next) =>
        {
            _ = next(context);
            return Task.CompletedTask;
        }));
        jarvis.Upstream.Enqueue(SimulatedReply.Text("all of it"));

        (ExpectedReply reply, _) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);

        Assert.Equal("all of it", reply.Text);
        Assert.Equal(AiCallStatus.Ok, Assert.Single(_ledger.Records).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filter_ThatSwallowsAFailure_IsReported(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync(new DelegateFilter(async (context, next) =>
            await next(context).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing)));
        jarvis.Upstream.Enqueue(SimulatedReply.Text("never").CutBeforeHeaders(), SimulatedReply.Text("not retried"));

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct));
        Assert.Contains(nameof(DelegateFilter), fault.Message, StringComparison.Ordinal);
        Assert.Equal(AiCallStatus.Cut, Assert.Single(_ledger.Records).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filter_ThatThrowsBeforeNext_SendsNothing(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync(new DelegateFilter((_, _) => throw new NotSupportedException("mine")));

        await Assert.ThrowsAsync<NotSupportedException>(() => ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct));
        AssertNothingHappened(jarvis);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filter_ThatThrowsAfterNext_ReachesTheCallerAndIsNotRetried(bool streamed)
    {
        await using JarvisHarness jarvis = await StartAsync(new DelegateFilter(async (context, next) =>
        {
            await next(context);
            throw new NotSupportedException("mine");
        }));

        await Assert.ThrowsAsync<NotSupportedException>(() => ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct));
        Assert.Equal(1, jarvis.Upstream.RequestCount);
        Assert.Equal(AiCallStatus.Ok, Assert.Single(_ledger.Records).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filter_AfterNext_SeesWhatBecameOfTheCall(bool streamed)
    {
        ModelCallContext? seen = null;
        await using JarvisHarness jarvis = await StartAsync(new DelegateFilter(async (context, next) =>
        {
            Assert.Null(context.Usage);
            Assert.False(context.IsSent);
            Assert.Null(context.Status);
            await next(context);
            seen = context;
        }));
        jarvis.Upstream.Enqueue(Sample.Load(streamed ? Sample.Streamed : "01-chat-success.json").Reply);
        await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);

        Assert.Equal(streamed ? new ModelCallUsage(455, 23, 0, 0, 0.00171m) : new ModelCallUsage(812, 164, 0, 0, 0.004896m), seen!.Usage);
        Assert.Equal((AiCallStatus.Ok, 200, streamed, "Anthropic", 1), (seen.Status, seen.HttpStatus, seen.IsStreaming, seen.Provider, seen.Attempt));
    }

    [Fact]
    public async Task Status_OfACallThatAFilterAnswered_IsUnknownAndNotAnError()
    {
        ModelCallContext? seen = null;
        await using JarvisHarness jarvis = await StartAsync(
            new DelegateFilter(async (context, next) =>
            {
                await next(context);
                seen = context;
            }),
            new DelegateFilter((context, _) =>
            {
                context.Response = InMemoryCall.Answer(new ByteArrayContent(Sample.Load("01-chat-success.json").Body), "application/json", 200);
                return Task.CompletedTask;
            }));

        await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);

        Assert.Null(seen!.Status);
        AssertNothingHappened(jarvis);
    }

    [Fact]
    public async Task CancellationToken_AfterAStreamWasHandedOver_BelongsToNobodyElse()
    {
        // The token of the sending comes from a pool: a later call would cancel it under a filter that still writes down what this one cost.
        ModelCallContext? seen = null;
        await using JarvisHarness jarvis = await StartAsync(new DelegateFilter(async (context, next) =>
        {
            Assert.True(context.CancellationToken.CanBeCanceled);
            await next(context);
            seen = context;
        }));

        await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: true, Ct);

        Assert.Equal(CancellationToken.None, seen!.CancellationToken);
    }

    private DelegateFilter Logging(string name) => new(async (context, next) =>
    {
        _log.Add($"{name} in");
        await next(context);
        _log.Add($"{name} out, {_ledger.Records.Count} record");
    });

    private void AssertNothingHappened(JarvisHarness jarvis)
    {
        Assert.Equal(0, jarvis.Upstream.RequestCount);
        Assert.Empty(_ledger.Records);
    }

    private Task<JarvisHarness> StartAsync(params IModelCallFilter[] filters) => JarvisHarness.StartAsync(
        configure: options => options.Resilience.MaxRetries = 1,
        register: services =>
        {
            services.AddSingleton<IAiCallLedger>(_ledger);
            Array.ForEach(filters, filter => services.AddSingleton(filter));
        });
}
