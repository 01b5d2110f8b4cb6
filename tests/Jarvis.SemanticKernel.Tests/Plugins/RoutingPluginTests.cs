using System.ComponentModel;
using System.Text.Json;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.Plugins;

/// <summary>A model that hands work over, over the simulator and a real database.</summary>
public class RoutingPluginTests
{
    private const string Delegate = "Routing-delegate";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListTiers_SaysWhatEachIsForAndHowItsPriceCompares()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options =>
        {
            options.Tiers["local"] = new() { Model = "llama", Endpoint = new Uri("http://localhost:1/v1"), Purpose = "private texts" };
            options.Tiers["odd"] = new() { Model = "vendor/unlisted" };
        });

        string answer = await AskAsync(jarvis, "list_tiers");

        // 3,000 tokens in and 1,000 out: 0.04, 0.024 and 0.0011 USD by the simulator's list.
        Assert.Equal(
            [
                "strong: hard problems: planning, judging, work where a mistake is dear; about 36.4 times the lowest price.",
                "mid: everyday work: writing, code, tools, most questions; about 21.8 times the lowest price.",
                "cheap: short and plain work in large numbers: labels, extracts, summaries; the lowest price.",
                "local: private texts; price unknown.",
                "odd: no purpose was given; price unknown.",
            ],
            answer.Split('\n'));
    }

    [Fact]
    public async Task ListTiers_EndpointWithoutAList_SaysThatPricesAreUnknown()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Endpoint = new Uri("http://127.0.0.1:1/api/v1"));

        string answer = await AskAsync(jarvis, "list_tiers");

        Assert.All(answer.Split('\n'), line => Assert.EndsWith("price unknown.", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delegate_IsACallOfTheTierWithARunOfItsOwn_InsideOfTheOneThatDelegated()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.Enqueue(Delegates("Sum {{up}} this", "cheap"), SimulatedReply.Text("the sum"), SimulatedReply.Text("done"));

        using (JarvisScope.Begin(goal: 42, agent: "planner", run: "outer"))
        {
            string answer = await PlanAsync(jarvis);
            Assert.Equal("done", answer);
        }

        JsonElement[] bodies = [.. jarvis.Upstream.Requests.Select(request => request.Body)];
        JsonElement task = Assert.Single(bodies[1].GetProperty("messages").EnumerateArray());
        Assert.Equal(("user", "Sum {{up}} this"), (task.GetProperty("role").GetString(), task.GetProperty("content").GetString()));
        Assert.False(bodies[1].TryGetProperty("tools", out _));
        Assert.Equal("the sum", bodies[2].GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString());

        IReadOnlyList<RecordedCall> calls = [.. (await database.ReadCallsAsync()).OrderBy(call => call.CallId)];
        Assert.Equal(["strong", "cheap", "strong"], calls.Select(call => call.Tier));
        Assert.Equal(["service_id", "delegated", "service_id"], calls.Select(call => call.Route));
        Assert.Equal(["outer", "outer"], calls.Where(call => call.Tier == "strong").Select(call => call.RunId));
        Assert.NotEqual("outer", calls[1].RunId);
        Assert.Equal((42, "planner", "Routing.delegate"), (calls[1].GoalId!.Value, calls[1].Agent, calls[1].Function));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public async Task Delegate_DeeperThanAllowed_HasNoPluginToDelegateWith(int maxDepth, int deepest)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Delegation.MaxDepth = maxDepth);

        // Whoever can delegate does, once.
        jarvis.Upstream.OnChat = request => request.Body.GetProperty("messages").GetArrayLength() > 1 || !HasTool(request, Delegate)
            ? SimulatedReply.Text("the end") : Delegates("Go on", "mid", withTools: true);
        await PlanAsync(jarvis);

        SimulatedRequest[] begun = [.. jarvis.Upstream.Requests.Where(request => request.Body.GetProperty("messages").GetArrayLength() == 1)];
        Assert.Equal(1 + deepest, begun.Length);
        Assert.Equal([.. Enumerable.Repeat(true, deepest), false], begun.Select(request => HasTool(request, Delegate)));
        Assert.All(begun, request => Assert.True(HasTool(request, "CostReport-get_spend")));
    }

    [Fact]
    public async Task Delegate_MoreTasksThanARunMay_AreRefusedAndTheNextRunMayAgain()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Delegation.MaxTasks = 2);
        for (int run = 0; run < 2; run++)
        {
            jarvis.Upstream.Reset();
            jarvis.Upstream.Enqueue(
                SimulatedReply.ToolCalls(TaskOf("one"), TaskOf("two"), TaskOf("three")), SimulatedReply.Text("1"), SimulatedReply.Text("2"), SimulatedReply.Text("done"));

            await PlanAsync(jarvis);

            string[] results = [.. jarvis.Upstream.Requests[^1].Body.GetProperty("messages").EnumerateArray()
                .Where(message => message.GetProperty("role").ValueEquals("tool")).Select(message => message.GetProperty("content").GetString()!)];
            Assert.Equal(["1", "2"], results[..2]);
            Assert.Contains("2 tasks, which is the most", results[2], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("work", "dear", false, "Use one of: strong, mid, cheap.")]
    [InlineData(" ", "cheap", false, "the task is empty")]
    [InlineData("work", "cheap", true, "Say with_tools false")]
    public async Task Delegate_ThatCannotBe_SaysWhyAndSendsNothing(string task, string tier, bool withTools, string why)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Delegation.AllowTools = false);

        string answer = await AskAsync(jarvis, "delegate", new() { ["task"] = task, ["tier"] = tier, ["with_tools"] = withTools });

        Assert.StartsWith("Nothing was delegated", answer, StringComparison.Ordinal);
        Assert.Contains(why, answer, StringComparison.Ordinal);
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task Delegate_WithTools_MayUseThoseOfItsCaller()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        Desk desk = new();
        jarvis.Upstream.Enqueue(Delegates("Stamp it", "cheap", withTools: true), SimulatedReply.ToolCalls(new SimulatedToolCall("Desk-Stamp", "{}")), SimulatedReply.Text("stamped"), SimulatedReply.Text("done"));

        await PlanAsync(jarvis, desk);

        Assert.Equal(1, desk.Stamps);
    }

    [Fact]
    public async Task SwitchPulledInsideOfADelegatedTask_EndsTheWholeRun()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        Desk desk = new() { OnStampAsync = () => jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct) };
        jarvis.Upstream.Enqueue(Delegates("Stamp it", "cheap", withTools: true), SimulatedReply.ToolCalls(new SimulatedToolCall("Desk-Stamp", "{}")), SimulatedReply.Text("never"), SimulatedReply.Text("never"));

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => PlanAsync(jarvis, desk));

        Assert.Equal(2, jarvis.Upstream.RequestCount);
    }

    private static SimulatedToolCall TaskOf(string task, string tier = "cheap", bool withTools = false) =>
        new(Delegate, JsonSerializer.Serialize(new { task, tier, with_tools = withTools }));

    private static SimulatedReply Delegates(string task, string tier, bool withTools = false) => SimulatedReply.ToolCalls(TaskOf(task, tier, withTools));

    private static bool HasTool(SimulatedRequest request, string name) => request.Body.TryGetProperty("tools", out JsonElement tools)
        && tools.EnumerateArray().Any(tool => tool.GetProperty("function").GetProperty("name").ValueEquals(name));

    private static async Task<string> PlanAsync(JarvisHarness jarvis, Desk? desk = null)
    {
        Kernel kernel = jarvis.Kernel.Clone();
        if (desk is not null)
        {
            kernel.Plugins.AddFromObject(desk);
        }

        OpenAIPromptExecutionSettings settings = new() { ServiceId = Tier.Strong, FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        return (await kernel.InvokePromptAsync("Plan the week", new KernelArguments(settings), cancellationToken: Ct)).ToString();
    }

    private static async Task<string> AskAsync(JarvisHarness jarvis, string function, KernelArguments? arguments = null) =>
        (await jarvis.Kernel.InvokeAsync("Routing", function, arguments, Ct)).ToString();

    private sealed class Desk
    {
        public int Stamps { get; private set; }

        public Func<Task>? OnStampAsync { get; init; }

        [KernelFunction]
        [Description("Stamps it.")]
        public async Task<string> Stamp()
        {
            Stamps++;
            await (OnStampAsync?.Invoke() ?? Task.CompletedTask);
            return "stamped";
        }
    }
}
