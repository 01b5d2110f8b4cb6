using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.Routing;

/// <summary>Goal, agent, function and run have to arrive at the record, whatever way the call took.</summary>
public class AttributionTests
{
    private static readonly OpenAIPromptExecutionSettings WithTools = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Prompt_CarriesGoalAgentFunctionAndRun(bool isStreamed)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        Kernel kernel = jarvis.Kernel;
        KernelFunction function = Plan(kernel);
        KernelArguments arguments = new KernelArguments().WithGoal(42);

        using (JarvisScope.Begin(goal: 7, agent: "planner", run: "run-1"))
        {
            await InvokeAsync(kernel, function, arguments, isStreamed);
        }

        RecordedCall record = Assert.Single(await database.ReadCallsAsync());
        Assert.Equal((42, "planner", "Work.plan", "run-1", "default", isStreamed), (record.GoalId, record.Agent, record.Function, record.RunId, record.Route, record.IsStreamed));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AfterScope_NothingOfItIsLeft(bool isStreamed)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        Kernel kernel = jarvis.Kernel;
        KernelFunction function = Plan(kernel);
        using (JarvisScope.Begin(goal: 1, agent: "outer"))
        {
            using (JarvisScope.Begin(goal: 2))
            {
                await InvokeAsync(kernel, function, [], isStreamed);
            }

            await InvokeAsync(kernel, function, [], isStreamed);
        }

        await InvokeAsync(kernel, function, [], isStreamed);

        IReadOnlyList<RecordedCall> records = await database.ReadCallsAsync();
        Assert.Equal([(2, "outer"), (1, "outer"), ((int?)null, (string?)null)], records.Select(record => (record.GoalId, record.Agent)));
        Assert.Equal(3, records.Select(record => record.RunId).Distinct().Count());
        Assert.All(records, record => Assert.False(string.IsNullOrEmpty(record.RunId)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TwoStreamsReadInTurns_KeepTheirOwn(bool withGoal)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("an answer that comes in quite a few pieces, one after the other").InPiecesOf(16);
        Kernel kernel = jarvis.Kernel;
        IAsyncEnumerator<StreamingKernelContent> first = Start(1);
        IAsyncEnumerator<StreamingKernelContent> second = Start(2);
        await using (first)
        await using (second)
        {
            bool firstGoesOn = true;
            bool secondGoesOn = true;
            while (firstGoesOn || secondGoesOn)
            {
                firstGoesOn = firstGoesOn && await StepAsync(first, 1);
                secondGoesOn = secondGoesOn && await StepAsync(second, 2);
            }
        }

        IReadOnlyList<RecordedCall> records = await database.ReadCallsAsync();
        Assert.Equal([1, 2], records.Select(record => record.GoalId));
        Assert.Equal(["agent 1", "agent 2"], records.Select(record => record.Agent));
        Assert.Equal(2, records.Select(record => record.RunId).Distinct().Count());

        IAsyncEnumerator<StreamingKernelContent> Start(int goal)
        {
            KernelArguments arguments = [];
            return kernel.InvokePromptStreamingAsync("Plan", withGoal ? arguments.WithGoal(goal) : arguments, cancellationToken: Ct).GetAsyncEnumerator(Ct);
        }

        async Task<bool> StepAsync(IAsyncEnumerator<StreamingKernelContent> stream, int goal)
        {
            using IDisposable scope = JarvisScope.Begin(goal: withGoal ? null : goal, agent: $"agent {goal}");
            return await stream.MoveNextAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ToolLoop_AllRoundsShareARunAndNestedPromptInheritsIt(bool isStreamed)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.Enqueue(
            SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-ask")),
            SimulatedReply.Text("the nested answer"),
            SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-call")),
            SimulatedReply.Text("the direct answer"),
            SimulatedReply.Text("done"));
        Kernel kernel = jarvis.Kernel;
        KernelFunction function = Plan(kernel);
        KernelFunction label = KernelFunctionFactory.CreateFromPrompt("Label it", functionName: "label");
        kernel.Plugins.AddFromFunctions("Labels", [label]);
        kernel.Plugins.AddFromFunctions("Tools",
        [
            KernelFunctionFactory.CreateFromMethod(async (Kernel inner) => (await inner.InvokeAsync("Labels", "label", cancellationToken: Ct)).ToString(), "ask"),
            KernelFunctionFactory.CreateFromMethod(async () => (await jarvis.Chat(Tier.Cheap).GetChatMessageContentAsync("Say", cancellationToken: Ct)).ToString(), "call"),
        ]);

        await InvokeAsync(kernel, function, new KernelArguments(WithTools).WithGoal(42), isStreamed);

        IReadOnlyList<RecordedCall> records = await database.ReadCallsAsync();
        Assert.Equal(["Work.plan", "Labels.label", "Work.plan", "Tools.call", "Work.plan"], records.Select(record => record.Function));
        Assert.Equal(["mid", "mid", "mid", "cheap", "mid"], records.Select(record => record.Tier));
        Assert.Equal(["default", "default", "default", "direct", "default"], records.Select(record => record.Route));
        Assert.All(records, record => Assert.Equal(42, record.GoalId));
        Assert.Single(records.Select(record => record.RunId).Distinct());
    }

    [Fact]
    public async Task DirectCallsAndChatClients_CarryTheScope()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        IChatCompletionService chat = jarvis.Chat(Tier.Strong);
        using IChatClient client = chat.AsChatClient();
        using (JarvisScope.Begin(goal: 5, agent: "direct", run: "run-5"))
        {
            await chat.GetChatMessageContentAsync("one", cancellationToken: Ct);
            await foreach (StreamingChatMessageContent part in chat.GetStreamingChatMessageContentsAsync("two", cancellationToken: Ct))
            {
                Assert.NotNull(part);
            }

            await client.GetResponseAsync("three", cancellationToken: Ct);
            await foreach (ChatResponseUpdate part in client.GetStreamingResponseAsync("four", cancellationToken: Ct))
            {
                Assert.NotNull(part);
            }
        }

        IReadOnlyList<RecordedCall> records = await database.ReadCallsAsync();
        Assert.Equal(4, records.Count);
        Assert.All(records, record => Assert.Equal((5, "direct", null, "run-5", "direct", "strong"), (record.GoalId, record.Agent, record.Function, record.RunId, record.Route, record.Tier)));
        Assert.Equal([false, true, false, true], records.Select(record => record.IsStreamed));
    }

    [Fact]
    public async Task NativeFunction_IsTheFunctionOfItsDirectCalls()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        Kernel kernel = jarvis.Kernel;
        kernel.Plugins.AddFromFunctions("Native", [KernelFunctionFactory.CreateFromMethod(
            async () => (await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Say", cancellationToken: Ct)).ToString(), "talk")]);

        await kernel.InvokeAsync("Native", "talk", cancellationToken: Ct);
        await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Say", cancellationToken: Ct);

        Assert.Equal(["Native.talk", null], (await database.ReadCallsAsync()).Select(record => record.Function));
    }

    [Theory]
    [InlineData("""{"jarvis_tier":"strong","jarvis_goal":"999","topic":"tea"}""")]
    [InlineData("""{"jarvis_tier":1,"jarvis_goal":999,"topic":"tea"}""")]
    [InlineData("""{"jarvis_tier":{"Tier":"strong"},"jarvis_goal":{"Goal":999},"topic":"tea"}""")]
    public async Task ModelSmugglesTierAndGoalIntoToolArguments_Ignored(string arguments)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("Labels-label", arguments)), SimulatedReply.Text("nested"), SimulatedReply.Text("done"));
        Kernel kernel = jarvis.Kernel;
        kernel.Plugins.AddFromFunctions("Labels", [KernelFunctionFactory.CreateFromPrompt("Label {{$topic}}", functionName: "label")]);

        await kernel.InvokePromptAsync("Go", new KernelArguments(WithTools).WithTier(Tier.Cheap).WithGoal(42), cancellationToken: Ct);

        IReadOnlyList<RecordedCall> records = await database.ReadCallsAsync();
        Assert.Equal(["cheap", "mid", "cheap"], records.Select(record => record.Tier));
        Assert.All(records, record => Assert.Equal(42, record.GoalId));
    }

    private static KernelFunction Plan(Kernel kernel)
    {
        KernelFunction function = KernelFunctionFactory.CreateFromPrompt("Plan the week", functionName: "plan");
        return kernel.Plugins.AddFromFunctions("Work", [function])["plan"];
    }

    private static async Task InvokeAsync(Kernel kernel, KernelFunction function, KernelArguments arguments, bool isStreamed)
    {
        if (!isStreamed)
        {
            await kernel.InvokeAsync(function, arguments, Ct);
            return;
        }

        await foreach (StreamingKernelContent part in kernel.InvokeStreamingAsync(function, arguments, Ct))
        {
            Assert.NotNull(part);
        }
    }
}
