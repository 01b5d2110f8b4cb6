using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>Semantic Kernel makes a message for the model of whatever stops a tool. The run has to end all the same.</summary>
public class StoppedInToolLoopTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(CallPath.NamesWithTools), MemberType = typeof(CallPath))]
    public async Task ActivatedByTool_NoFurtherRequestLeaves(string name)
    {
        var path = CallPath.Find(name);
        await using JarvisHarness jarvis = await StartAsync(path);
        CallRun run = new(jarvis) { OnToolAsync = (_, _) => jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct) };

        await AssertStoppedAsync(path, run);
    }

    [Theory]
    [MemberData(nameof(CallPath.NamesOfToolLoops), MemberType = typeof(CallPath))]
    public async Task ActivatedFromOutsideWhileToolRuns_NoFurtherRequestLeaves(string name)
    {
        var path = CallPath.Find(name);
        await using JarvisHarness jarvis = await StartAsync(path);
        TaskCompletionSource isRunning = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
        CallRun run = new(jarvis)
        {
            OnToolAsync = (_, _) =>
            {
                isRunning.TrySetResult();
                return mayEnd.Task.WaitAsync(Ct);
            },
        };

        Task stopped = AssertStoppedAsync(path, run);
        await isRunning.Task.WaitAsync(Ct);
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        mayEnd.SetResult();
        await stopped;
    }

    [Theory]
    [MemberData(nameof(CallPath.NamesOfToolLoops), MemberType = typeof(CallPath))]
    public async Task ActivatedAndReleasedByFirstTool_RunEndsAllTheSame(string name)
    {
        var path = CallPath.Find(name);
        await using JarvisHarness jarvis = await StartAsync(path);
        CallRun run = new(jarvis) { OnToolAsync = (before, _) => before == 0 ? ActivateAndReleaseAsync(jarvis) : Task.CompletedTask };

        await AssertStoppedAsync(path, run);
    }

    [Theory]
    [InlineData("prompt, 5 rounds")]
    [InlineData("prompt, 5 rounds, streamed")]
    [InlineData("chat service, 5 rounds")]
    [InlineData("chat service, 5 rounds, streamed")]
    public async Task ActivatedAndReleasedWhileThirdToolRuns_RunEndsAllTheSame(string name)
    {
        var path = CallPath.Find(name);
        await using JarvisHarness jarvis = await StartAsync(path);
        CallRun run = new(jarvis) { OnToolAsync = (before, _) => before == 2 ? ActivateAndReleaseAsync(jarvis) : Task.CompletedTask };

        await AssertStoppedAsync(path, run, requests: 3, tools: 3);
    }

    [Theory]
    [InlineData("prompt, 1 rounds")]
    [InlineData("prompt, 1 rounds, streamed")]
    [InlineData("chat service, 1 rounds")]
    [InlineData("chat service, 1 rounds, streamed")]
    public async Task ActivatedBetweenParallelTools_SecondNeverStarts(string name)
    {
        // One after the other: without AllowConcurrentInvocation Semantic Kernel runs the tools of a round in turn.
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(
            SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-work"), new SimulatedToolCall("Tools-work"), new SimulatedToolCall("Tools-work")),
            SimulatedReply.Text("never asked for"));
        CallRun run = new(jarvis) { OnToolAsync = (_, _) => ActivateAndReleaseAsync(jarvis) };

        await AssertStoppedAsync(CallPath.Find(name), run, requests: 1, tools: 1);
    }

    [Fact]
    public async Task StoppedRun_TellsTheModelNothing()
    {
        // Released at once, so that only the run's own memory can keep the message from the model.
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.DefaultReply = SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-work"));
        CallRun run = new(jarvis) { OnToolAsync = (before, _) => before == 1 ? ActivateAndReleaseAsync(jarvis) : Task.CompletedTask };

        await AssertStoppedAsync(CallPath.Find("chat service, 1 rounds"), run, requests: 2, tools: 2);
        Assert.DoesNotContain(jarvis.Upstream.Requests, request => request.Body.GetRawText().Contains("Exception while invoking", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StoppedRun_NestedPromptOfAnotherToolStartsNothing()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-work")), SimulatedReply.Text("nested or next: neither may leave"));
        List<Exception> seen = [];
        CallRun run = new(jarvis)
        {
            OnToolAsync = async (_, kernel) =>
            {
                await ActivateAndReleaseAsync(jarvis);
                seen.Add(await Assert.ThrowsAsync<KillSwitchActiveException>(() => kernel.InvokePromptAsync("nested", cancellationToken: Ct)));
            },
        };

        await AssertStoppedAsync(CallPath.Find("prompt, 1 rounds"), run, requests: 1, tools: 1);
        Assert.Single(seen);
    }

    [Fact]
    public async Task RunAfterRelease_IsNotStoppedByTheOneBefore()
    {
        var path = CallPath.Find("prompt, 2 rounds");
        await using JarvisHarness jarvis = await StartAsync(path);
        CallRun run = new(jarvis) { OnToolAsync = (_, _) => ActivateAndReleaseAsync(jarvis) };
        await AssertStoppedAsync(path, run);
        jarvis.Upstream.Reset();
        jarvis.Upstream.Enqueue(path.Replies());
        run.OnToolAsync = null;

        await path.RunAsync(run, Ct);

        Assert.Equal(path.Requests, jarvis.Upstream.RequestCount);
    }

    private static async Task ActivateAndReleaseAsync(JarvisHarness jarvis)
    {
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        await jarvis.Operator.DeactivateAsync("a mistake", "test", cancellationToken: Ct);
    }

    private static async Task<JarvisHarness> StartAsync(CallPath path)
    {
        JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(path.Replies());
        return jarvis;
    }

    // Tools that run at the same time cannot be called back, so all of the first round may have started.
    private static Task AssertStoppedAsync(CallPath path, CallRun run) => AssertStoppedAsync(path, run, requests: 1, tools: path.ToolsARound);

    private static async Task AssertStoppedAsync(CallPath path, CallRun run, int requests, int tools)
    {
        KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(() => path.RunAsync(run, Ct));
        Assert.Equal("runaway", stopped.State.Reason);
        Assert.Equal(requests, run.Jarvis.Upstream.RequestCount);
        Assert.InRange(run.ToolsStarted, 1, tools);
    }
}
