using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>Every path under the switch of one tier, model, agent or goal. All paths call tier mid, here as the agent "planner" for goal 42.</summary>
public class ScopedStopTests
{
    private const string Model = "anthropic/claude-sonnet-4.5";

    private static readonly (KillSwitchScope Covering, KillSwitchScope Other)[] Scopes =
    [
        (KillSwitchScope.ForTier("MID"), KillSwitchScope.ForTier("strong")),
        (KillSwitchScope.ForModel(Model), KillSwitchScope.ForModel("anthropic/claude-opus-4.6")),
        (KillSwitchScope.ForAgent("planner"), KillSwitchScope.ForAgent("Planner")),
        (KillSwitchScope.ForGoal(42), KillSwitchScope.ForGoal(4)),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<string, KillSwitchScopeKind> Paths { get; } =
        new(CallPath.Names.Select(name => name.Data), Scopes.Select(pair => pair.Covering.Kind));

    public static MatrixTheoryData<string, KillSwitchScopeKind> ToolLoops { get; } = new(
        ["prompt, 2 rounds", "prompt, 2 rounds, streamed", "chat service, 2 rounds", "chat service, 2 rounds, streamed", "prompt, 3 tools at once"],
        Scopes.Select(pair => pair.Covering.Kind));

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Active_NothingThatItCoversStarts_AndAllElseIsUnhindered(string name, KillSwitchScopeKind kind)
    {
        var path = CallPath.Find(name);
        (KillSwitchScope covering, KillSwitchScope other) = Find(kind);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        CallRun run = new(jarvis);
        await ActivateAsync(jarvis, other);
        jarvis.Upstream.Enqueue(path.Replies());
        await RunAsync(path, run);
        Assert.Equal((path.Requests, path.ToolRounds * path.ToolsARound), (jarvis.Upstream.RequestCount, run.ToolsStarted));

        await ActivateAsync(jarvis, covering);
        KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(() => RunAsync(path, run));

        Assert.Equal((covering, "too dear"), (stopped.State.Scope, stopped.State.Reason));
        Assert.Equal((path.Requests, path.ToolRounds * path.ToolsARound), (jarvis.Upstream.RequestCount, run.ToolsStarted));

        await jarvis.Operator.DeactivateAsync("paid", "test", covering, Ct);
        jarvis.Upstream.Enqueue(path.Replies());
        await RunAsync(path, run);
        Assert.Equal(2 * path.Requests, jarvis.Upstream.RequestCount);
    }

    [Theory]
    [MemberData(nameof(ToolLoops))]
    public async Task ActivatedAndReleasedByTool_RunEndsAllTheSame(string name, KillSwitchScopeKind kind)
    {
        var path = CallPath.Find(name);
        (KillSwitchScope covering, KillSwitchScope other) = Find(kind);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(path.Replies());
        CallRun run = new(jarvis) { OnToolAsync = (_, _) => ActivateAndReleaseAsync(covering) };

        KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(() => RunAsync(path, run));

        Assert.Equal((covering, "too dear"), (stopped.State.Scope, stopped.State.Reason));
        Assert.Equal(1, jarvis.Upstream.RequestCount);
        Assert.InRange(run.ToolsStarted, 1, path.ToolsARound);

        // A run that it does not cover does not even notice.
        jarvis.Upstream.Reset();
        jarvis.Upstream.Enqueue(path.Replies());
        run.OnToolAsync = (_, _) => ActivateAndReleaseAsync(other);
        await RunAsync(path, run);
        Assert.Equal(path.Requests, jarvis.Upstream.RequestCount);

        async Task ActivateAndReleaseAsync(KillSwitchScope scope)
        {
            await ActivateAsync(jarvis, scope);
            await jarvis.Operator.DeactivateAsync("a mistake", "test", scope, Ct);
        }
    }

    [Theory]
    [InlineData(KillSwitchScopeKind.Tier, "prompt")]
    [InlineData(KillSwitchScopeKind.Model, "chat service, streamed")]
    [InlineData(KillSwitchScopeKind.Agent, "prompt, streamed")]
    [InlineData(KillSwitchScopeKind.Goal, "chat client")]
    public async Task ActivatedDuringBackOff_WaitEndsForWhatIsCovered(KillSwitchScopeKind kind, string name)
    {
        (KillSwitchScope covering, KillSwitchScope other) = Find(kind);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Resilience.RetryDelay = TimeSpan.FromMinutes(1));
        jarvis.Upstream.Enqueue(SimulatedReply.ServerError(), SimulatedReply.ServerError());
        CallRun run = new(jarvis);
        Task covered = RunAsync(CallPath.Find(name), run);
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task uncovered = jarvis.Chat(Tier.Cheap).GetChatMessageContentAsync("Work", cancellationToken: over.Token);
        await jarvis.Upstream.WaitForRequestsAsync(2, Ct);

        await ActivateAsync(jarvis, other);
        await ActivateAsync(jarvis, covering);
        await jarvis.Operator.DeactivateAsync("a mistake", "test", covering, Ct);

        KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(() => covered.WaitAsync(TimeSpan.FromSeconds(30), Ct));
        Assert.Equal(covering, stopped.State.Scope);
        Assert.False(uncovered.IsCompleted);
        Assert.Equal(2, jarvis.Upstream.RequestCount);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => uncovered);
    }

    [Fact]
    public async Task TierOfANestedPromptIsStopped_OnlyThatPromptIs()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        var path = CallPath.Find("prompt, 2 rounds");
        jarvis.Upstream.Enqueue(path.Replies());
        await ActivateAsync(jarvis, KillSwitchScope.ForTier(Tier.Cheap));
        List<Exception> seen = [];
        CallRun run = new(jarvis)
        {
            OnToolAsync = async (_, kernel) => seen.Add(
                await Assert.ThrowsAsync<KillSwitchActiveException>(() => kernel.InvokePromptAsync("nested", new KernelArguments().WithTier(Tier.Cheap), cancellationToken: Ct))),
        };

        await RunAsync(path, run);

        Assert.Equal((path.Requests, 2), (jarvis.Upstream.RequestCount, seen.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TierOfTheOuterPromptIsStopped_NothingInsideOfItStarts(bool isReleased)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        var path = CallPath.Find("chat service, 2 rounds");
        jarvis.Upstream.Enqueue(path.Replies());
        int ran = 0;
        KernelFunction other = KernelFunctionFactory.CreateFromMethod(() => ran++, "other");
        CallRun run = new(jarvis)
        {
            OnToolAsync = async (_, kernel) =>
            {
                await ActivateAsync(jarvis, KillSwitchScope.ForTier(Tier.Mid));
                if (isReleased)
                {
                    await jarvis.Operator.DeactivateAsync("a mistake", "test", KillSwitchScope.ForTier(Tier.Mid), Ct);
                }

                await Assert.ThrowsAsync<KillSwitchActiveException>(() => kernel.InvokePromptAsync("nested", new KernelArguments().WithTier(Tier.Cheap), cancellationToken: Ct));
                await Assert.ThrowsAsync<KillSwitchActiveException>(() => jarvis.Chat(Tier.Cheap).GetChatMessageContentAsync("nested", cancellationToken: Ct));
                await Assert.ThrowsAsync<KillSwitchActiveException>(() => kernel.InvokeAsync(other, cancellationToken: Ct));
            },
        };

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => RunAsync(path, run));

        Assert.Equal((1, 1, 0), (jarvis.Upstream.RequestCount, run.ToolsStarted, ran));
    }

    [Theory]
    [InlineData("goal")]
    [InlineData("WithTier")]
    [InlineData("service id")]
    [InlineData("default tier")]
    public async Task PromptSaysItselfWhatItIsFor_FunctionsOfItsTemplateDoNotStart(string where)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        await ActivateAsync(jarvis, where == "goal" ? KillSwitchScope.ForGoal(7) : KillSwitchScope.ForTier(where == "default tier" ? Tier.Mid : Tier.Strong));
        CallRun run = new(jarvis);
        KernelArguments arguments = where switch
        {
            "goal" => new KernelArguments().WithGoal(7),
            "WithTier" => new KernelArguments().WithTier(Tier.Strong),
            "service id" => new KernelArguments(new OpenAIPromptExecutionSettings { ServiceId = Tier.Strong }),
            _ => [],
        };

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => run.Kernel.InvokePromptAsync("Work on {{Tools.work}}", arguments, cancellationToken: Ct));
        await run.Kernel.InvokePromptAsync("Work on {{Tools.work}}", new KernelArguments().WithTier(Tier.Cheap), cancellationToken: Ct);

        Assert.Equal((1, 1), (jarvis.Upstream.RequestCount, run.ToolsStarted));
    }

    [Fact]
    public async Task NativeFunctionOutsideOfAnyCall_IsStoppedByItsAgentAndGoal()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        await ActivateAsync(jarvis, KillSwitchScope.ForAgent("planner"));
        await ActivateAsync(jarvis, KillSwitchScope.ForGoal(42));
        CallRun run = new(jarvis);
        foreach ((int? goal, string? agent) in new[] { (42, (string?)null), ((int?)null, "planner"), (42, "planner") })
        {
            using (JarvisScope.Begin(goal, agent))
            {
                await Assert.ThrowsAsync<KillSwitchActiveException>(() => run.Kernel.InvokeAsync(run.Tool, cancellationToken: Ct));
            }
        }

        using (JarvisScope.Begin(43, "critic"))
        {
            await run.Kernel.InvokeAsync(run.Tool, cancellationToken: Ct);
        }

        Assert.Equal(1, run.ToolsStarted);
    }

    [Fact]
    public async Task GlobalOneIsActiveToo_ItIsTheOneReported()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        await ActivateAsync(jarvis, KillSwitchScope.ForTier(Tier.Mid));
        await jarvis.KillSwitch.ActivateAsync("all of it", "test", cancellationToken: Ct);
        await jarvis.Operator.DeactivateAsync("paid", "test", KillSwitchScope.ForTier(Tier.Mid), Ct);

        KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(() => RunAsync(CallPath.Find("prompt"), new CallRun(jarvis)));

        Assert.Equal((KillSwitchScope.Global, "all of it"), (stopped.State.Scope, stopped.State.Reason));
    }

    private static (KillSwitchScope Covering, KillSwitchScope Other) Find(KillSwitchScopeKind kind) => Scopes.Single(pair => pair.Covering.Kind == kind);

    private static Task ActivateAsync(JarvisHarness jarvis, KillSwitchScope scope) =>
        jarvis.KillSwitch.ActivateAsync("too dear", "test", new KillSwitchActivation { Scope = scope }, Ct);

    private static async Task RunAsync(CallPath path, CallRun run)
    {
        using IDisposable scope = JarvisScope.Begin(goal: 42, agent: "planner");
        await path.RunAsync(run, Ct);
    }
}
