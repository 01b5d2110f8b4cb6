using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>An activation that cuts: whatever is under way ends at once, on any path, with its connection closed, its exception and its one record.</summary>
public class CutInFlightTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly KillSwitchActivation Cut = new() { InFlight = KillSwitchInFlight.Cancel };

    // Never completes: only the end of the connection ends the wait for it.
    private static readonly Task Never = new TaskCompletionSource().Task;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Plain { get; } = ["prompt", "prompt, streamed", "chat service", "chat service, streamed", "chat client", "chat client, streamed"];

    [Theory]
    [MemberData(nameof(Plain))]
    public async Task WaitingForTheHeaders_IsCut(string name) => await AssertCutAsync(name, reply => reply.WaitFor(Never));

    [Theory]
    [MemberData(nameof(Plain))]
    public async Task WaitingForTheBody_IsCut(string name) => await AssertCutAsync(name, reply => reply.PauseAfterChunk(0, Never));

    [Theory]
    [InlineData("prompt, streamed")]
    [InlineData("chat service, streamed")]
    [InlineData("chat client, streamed")]
    public async Task InTheMiddleOfAStream_IsCut(string name) => await AssertCutAsync(name, reply => reply.PauseAfterChunk(3, Never));

    [Theory]
    [InlineData("prompt, 2 rounds")]
    [InlineData("prompt, 2 rounds, streamed")]
    [InlineData("chat service, 2 rounds")]
    [InlineData("chat service, 2 rounds, streamed")]
    [InlineData("chat client, 2 rounds")]
    public async Task InTheSecondRoundOfAToolLoop_TheWholeRunEnds(string name)
    {
        var path = CallPath.Find(name);
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        SimulatedReply[] replies = path.Replies();
        jarvis.Upstream.Enqueue([replies[0], replies[1].PauseAfterChunk(0, Never), .. replies[2..]]);
        CallRun run = new(jarvis);
        Task call = path.RunAsync(run, Ct);
        await jarvis.Upstream.WaitForRequestsAsync(2, Ct);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Cut, Ct);

        await AssertStoppedAsync(call);
        Assert.Equal(1, run.ToolsStarted);
        Assert.Equal(SimulatedRequestOutcome.ClientClosed, await jarvis.Upstream.Requests[1].Completion.WaitAsync(Bound, Ct));
        Assert.Equal(["ok", "cancelled failure=KillSwitch"], await OutcomesAsync(database));
        Assert.Equal(2, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task NestedPromptInsideTool_TheWholeRunEndsAndStaysEnded()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-work")), SimulatedReply.Text("nested").PauseAfterChunk(0, Never));
        TaskCompletionSource mayReturn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        CallRun run = new(jarvis)
        {
            OnToolAsync = async (_, kernel) =>
            {
                await Assert.ThrowsAsync<KillSwitchActiveException>(() => kernel.InvokePromptAsync("nested", cancellationToken: Ct));
                await mayReturn.Task.WaitAsync(Ct);
            },
        };
        Task call = CallPath.Find("prompt, 1 rounds").RunAsync(run, Ct);
        await jarvis.Upstream.WaitForRequestsAsync(2, Ct);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Cut, Ct);
        await jarvis.Upstream.Requests[1].Completion.WaitAsync(Bound, Ct);
        await jarvis.Operator.DeactivateAsync("a mistake", "test", cancellationToken: Ct);
        mayReturn.SetResult();

        await AssertStoppedAsync(call);
        Assert.Equal(2, jarvis.Upstream.RequestCount);
        Assert.Equal(["ok", "cancelled failure=KillSwitch"], await OutcomesAsync(database));
    }

    [Fact]
    public async Task ReaderWhoPauses_HasItsConnectionClosedAndItsRecordWithoutReading()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.Enqueue(SimulatedReply.Text("one two three four five six seven eight").PauseAfterChunk(4, Never));
        await using IAsyncEnumerator<StreamingChatMessageContent> reader =
            jarvis.Chat(Tier.Mid).GetStreamingChatMessageContentsAsync("hello", cancellationToken: Ct).GetAsyncEnumerator(Ct);
        Assert.True(await reader.MoveNextAsync());

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Cut, Ct);

        Assert.Equal(SimulatedRequestOutcome.ClientClosed, await jarvis.Upstream.Requests[0].Completion.WaitAsync(Bound, Ct));
        await Eventually.TrueAsync(async () => (await OutcomesAsync(database)).Length == 1, Ct);
        await AssertStoppedAsync(reader.MoveNextAsync().AsTask());
        Assert.Equal(["cancelled failure=KillSwitch"], await OutcomesAsync(database));
    }

    [Theory]
    [InlineData("prompt")]
    [InlineData("chat service, streamed")]
    public async Task InTheBackOff_ItEndsAndNothingIsSentAgain(string name)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, options => options.Resilience.RetryDelay = TimeSpan.FromMinutes(1));
        jarvis.Upstream.Enqueue(SimulatedReply.ServerError());
        Task call = CallPath.Find(name).RunAsync(new CallRun(jarvis), Ct);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct);
        await Eventually.TrueAsync(async () => (await OutcomesAsync(database)).Length == 1, Ct);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Cut, Ct);

        await AssertStoppedAsync(call);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
        Assert.StartsWith("error code=500", Assert.Single(await OutcomesAsync(database)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prompt")]
    [InlineData("chat service, streamed")]
    public async Task WhileConnecting_NeverLeftAndIsNotRecorded(string name)
    {
        await using SqliteTestDatabase database = new();
        TaskCompletionSource connecting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(
            database.Setting,
            register: services => services.AddHttpClient("jarvis").UseSocketsHttpHandler((handler, _) => handler.ConnectCallback = async (_, token) =>
            {
                connecting.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
                throw new InvalidOperationException();
            }));
        Task call = CallPath.Find(name).RunAsync(new CallRun(jarvis), Ct);
        await connecting.Task.WaitAsync(Bound, Ct);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Cut, Ct);

        await AssertStoppedAsync(call);
        Assert.Equal(0, jarvis.Upstream.RequestCount);
        Assert.Empty(await OutcomesAsync(database));
    }

    [Theory]
    [InlineData("prompt")]
    [InlineData("chat service, streamed")]
    public async Task InAUsersFilterBeforeTheCallLeaves_IsCutAndNotRecorded(string name)
    {
        await using SqliteTestDatabase database = new();
        TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using JarvisHarness jarvis = await StartWithFilterAsync(database, async (context, _) =>
        {
            waiting.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        });
        Task call = CallPath.Find(name).RunAsync(new CallRun(jarvis), Ct);
        await waiting.Task.WaitAsync(Bound, Ct);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Cut, Ct);

        await AssertStoppedAsync(call);
        Assert.Equal(0, jarvis.Upstream.RequestCount);
        Assert.Empty(await OutcomesAsync(database));
    }

    [Theory]
    [InlineData("prompt")]
    [InlineData("chat service, streamed")]
    public async Task WhileAUsersFilterIsBusyWithTheWholeAnswer_TheAnswerIsDelivered(string name)
    {
        await using SqliteTestDatabase database = new();
        TaskCompletionSource<CancellationToken> isBusy = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource isDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using JarvisHarness jarvis = await StartWithFilterAsync(database, async (context, next) =>
        {
            await next(context);
            isBusy.TrySetResult(context.CancellationToken);
            await isDone.Task.WaitAsync(Ct);
        });
        Task call = CallPath.Find(name).RunAsync(new CallRun(jarvis), Ct);
        CancellationToken token = await isBusy.Task.WaitAsync(Bound, Ct);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Cut, Ct);
        Assert.False(token.IsCancellationRequested);
        isDone.SetResult();

        await call.WaitAsync(Bound, Ct);
        Assert.Equal(["ok"], await OutcomesAsync(database));
    }

    [Theory]
    [InlineData("prompt", 0)]
    [InlineData("prompt, streamed", 3)]
    [InlineData("chat service", 0)]
    [InlineData("chat service, streamed", 3)]
    public async Task CallerWhoGaveUpFirst_HasItsOwnCancellation(string name, int chunks)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.Enqueue(SimulatedReply.Text("one two three four five six seven").PauseAfterChunk(chunks, Never));
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task call = CallPath.Find(name).RunAsync(new CallRun(jarvis), caller.Token);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct);

        await caller.CancelAsync();
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Cut, Ct);

        Exception failure = (await Record.ExceptionAsync(() => call.WaitAsync(Bound, Ct)))!;
        Assert.IsType<OperationCanceledException>(failure.InnerException as OperationCanceledException ?? failure, exactMatch: false);
        Assert.Equal(["cancelled"], await OutcomesAsync(database));
    }

    [Theory]
    [InlineData("prompt")]
    [InlineData("chat service, streamed")]
    public async Task TimeLimitThatPassedFirst_IsRecordedAsTheEnd(string name)
    {
        await using SqliteTestDatabase database = new();
        FakeTimeProvider clock = new();
        TaskCompletionSource isRecorded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource mayGoOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(
            database.Setting,
            register: services => services.AddSingleton<TimeProvider>(clock).AddSingleton<IModelCallFilter>(new ModelCalls.DelegateFilter(async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                catch (OperationCanceledException)
                {
                    isRecorded.TrySetResult();
                    await mayGoOn.Task.WaitAsync(Ct);
                    throw;
                }
            })));
        jarvis.Upstream.Enqueue(SimulatedReply.Text("late").WaitFor(Never));
        Task call = CallPath.Find(name).RunAsync(new CallRun(jarvis), Ct);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct);

        clock.Advance(new ResilienceOptions().AttemptTimeout);
        await isRecorded.Task.WaitAsync(Bound, Ct);
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Cut, Ct);
        mayGoOn.SetResult();

        // It might have been tried again; that is what the switch stopped.
        await AssertStoppedAsync(call);
        Assert.Equal(["timeout failure=AttemptTimeout"], await OutcomesAsync(database));
    }

    [Fact]
    public async Task ToolThatDoesNotWatch_IsWaitedForAndItsResultReachesNobody()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-work")), SimulatedReply.Text("never asked for"));
        TaskCompletionSource isRunning = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource mayReturn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        CallRun run = new(jarvis)
        {
            OnToolAsync = (_, _) =>
            {
                isRunning.TrySetResult();
                return mayReturn.Task.WaitAsync(Ct);
            },
        };
        Task call = CallPath.Find("prompt, 1 rounds").RunAsync(run, Ct);
        await isRunning.Task.WaitAsync(Bound, Ct);
        CancellationToken stop = jarvis.KillSwitch.StopToken;

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Cut, Ct);
        await Eventually.TrueAsync(() => Task.FromResult(stop.IsCancellationRequested), Ct);
        Assert.False(call.IsCompleted);
        mayReturn.SetResult();

        await AssertStoppedAsync(call);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
    }

    private static async Task AssertCutAsync(string name, Func<SimulatedReply, SimulatedReply> hold)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.Enqueue(hold(SimulatedReply.Text("an answer in quite a few pieces")));
        Task call = CallPath.Find(name).RunAsync(new CallRun(jarvis), Ct);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Cut, Ct);

        await AssertStoppedAsync(call);
        Assert.Equal(SimulatedRequestOutcome.ClientClosed, await jarvis.Upstream.Requests[0].Completion.WaitAsync(Bound, Ct));
        Assert.Equal(["cancelled failure=KillSwitch"], await OutcomesAsync(database));
        Assert.Null(Assert.Single(await database.ReadCallsAsync()).CostUsd);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
    }

    private static async Task AssertStoppedAsync(Task call)
    {
        KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(() => call.WaitAsync(Bound, Ct));
        Assert.Equal("runaway", stopped.State.Reason);
    }

    private static async Task<string[]> OutcomesAsync(TestDatabase database) => [.. (await database.ReadCallsAsync()).Select(call => $"{call.Status} {call.Error}".TrimEnd())];

    private static Task<JarvisHarness> StartWithFilterAsync(TestDatabase database, Func<ModelCallContext, Func<ModelCallContext, Task>, Task> filter) =>
        JarvisHarness.StartAsync(database.Setting, register: services => services.AddSingleton<IModelCallFilter>(new ModelCalls.DelegateFilter(filter)));
}
