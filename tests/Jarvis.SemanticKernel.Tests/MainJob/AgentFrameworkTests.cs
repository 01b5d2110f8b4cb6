using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Documentation;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>An agent of Microsoft.Agents.AI over a tier is stopped, recorded and streamed like everything else.</summary>
public class AgentFrameworkTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ToolLoop_HasARecordForEachRound(bool streamed)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.Enqueue(
            SimulatedReply.ToolCalls(new SimulatedToolCall("count", """{"item": "bolts"}""")).WithUsage(100, 10, "0.0076509169000000005"),
            SimulatedReply.Text("There are 42 of them.").WithUsage(120, 8, "4e-9"));
        List<string> asked = [];
        AIAgent clerk = AgentsPage.Create(jarvis.Services, Count(item =>
        {
            asked.Add(item);
            return Task.FromResult(42);
        }));

        string answer = streamed ? await StreamAsync(clerk) : await AgentsPage.RunAsync(clerk, Ct);

        Assert.Equal("There are 42 of them.", answer);
        Assert.Equal(["bolts"], asked);
        IReadOnlyList<RecordedCall> records = await database.ReadCallsAsync();
        Assert.Equal([0.0076509169000000005m, 0.000000004m], records.Select(record => record.CostUsd!.Value));
        Assert.All(records, record => Assert.Equal(("strong", "ok", "clerk", "stocktaking", streamed), (record.Tier, record.Status, record.Agent, record.RunId, record.IsStreamed)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SwitchActive_NothingLeaves(bool streamed)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        AIAgent clerk = AgentsPage.Create(jarvis.Services, Count(_ => Task.FromResult(42)));
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => (streamed ? StreamAsync(clerk) : AgentsPage.RunAsync(clerk, Ct)).WaitAsync(Bound, Ct));

        Assert.Equal(0, jarvis.Upstream.RequestCount);
        Assert.Empty(await database.ReadCallsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SwitchPulledByATool_NoFurtherRequestLeaves(bool streamed)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("count", """{"item": "bolts"}""")), SimulatedReply.Text("never"));
        AIAgent clerk = AgentsPage.Create(jarvis.Services, Count(async _ =>
        {
            await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
            return 42;
        }));

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => (streamed ? StreamAsync(clerk) : AgentsPage.RunAsync(clerk, Ct)).WaitAsync(Bound, Ct));

        Assert.Equal(1, jarvis.Upstream.RequestCount);
        Assert.Equal(["ok"], (await database.ReadCallsAsync()).Select(record => record.Status));
    }

    private static AIFunction Count(Func<string, Task<int>> count) => AIFunctionFactory.Create((string item) => count(item), "count");

    private static async Task<string> StreamAsync(AIAgent clerk)
    {
        using IDisposable scope = JarvisScope.Begin(agent: "clerk", run: "stocktaking");
        string text = string.Empty;
        await foreach (AgentResponseUpdate update in clerk.RunStreamingAsync("How many bolts are there?", cancellationToken: Ct))
        {
            text += update.Text;
        }

        return text;
    }
}
