using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>What docs/kill-switch.md shows works.</summary>
public class KillSwitchPageTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Example_AsShown_StopsAndSaysWhy()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        Assert.Contains("Orders the same part again and again", await KillSwitchPage.ExampleAsync(jarvis.Kernel), StringComparison.Ordinal);
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task Scope_AsShown_StopsItsTierAlone()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        await KillSwitchPage.ScopeAsync(jarvis.KillSwitch);

        var strong = new OpenAIPromptExecutionSettings { ServiceId = Tier.Strong };
        await Assert.ThrowsAsync<KillSwitchActiveException>(() => jarvis.Kernel.InvokePromptAsync("Plan the week", new KernelArguments(strong), cancellationToken: Ct));
        await jarvis.Kernel.InvokePromptAsync("Label this mail", new KernelArguments().WithTier(Tier.Cheap), cancellationToken: Ct);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task Tool_AsShown_EndsWithTheKill()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("Archive-Copy")), SimulatedReply.Text("never asked for"));
        Archive archive = new(jarvis.KillSwitch);
        Kernel kernel = jarvis.Kernel;
        kernel.Plugins.AddFromObject(archive);
        var settings = new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        Task<FunctionResult> run = kernel.InvokePromptAsync("Copy the archive", new KernelArguments(settings), cancellationToken: Ct);
        await archive.Copying.Task.WaitAsync(Bound, Ct);

        await jarvis.KillSwitch.ActivateAsync("the disk is full", "test", cancellationToken: Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => run.WaitAsync(Bound, Ct));
        Assert.Equal(1, jarvis.Upstream.RequestCount);
    }
}
