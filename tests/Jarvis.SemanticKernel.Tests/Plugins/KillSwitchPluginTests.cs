using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.Plugins;

public class KillSwitchPluginTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Functions_AreStatusAndActivateAndNothingElse()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        Assert.Equal(["activate", "get_status"], jarvis.Kernel.Plugins["KillSwitch"].Select(function => function.Name).Order());
        Assert.DoesNotContain(
            jarvis.Kernel.Plugins.SelectMany(plugin => plugin),
            function => function.Name.Contains("release", StringComparison.OrdinalIgnoreCase) || function.Name.Contains("deactivate", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task NothingThatReleases_IsWithinReachOfThePlugins()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        IKillSwitchOperator mighty = jarvis.Operator;
        Kernel kernel = jarvis.Kernel;
        await jarvis.KillSwitch.ActivateAsync("used once, so that everything is built", "test", cancellationToken: Ct);
        await mighty.DeactivateAsync("and released", "test", cancellationToken: Ct);

        Assert.All(kernel.Plugins, plugin => Assert.DoesNotContain(ObjectGraph.ReachableFrom(plugin), reached => reached is IKillSwitchOperator or IKillSwitchReleaseStore));

        // The walk would find one that hides in a closure.
        KernelPlugin careless = KernelPluginFactory.CreateFromFunctions("Careless", [KernelFunctionFactory.CreateFromMethod(() => mighty.ToString(), "hide")]);
        Assert.Contains(ObjectGraph.ReachableFrom(careless), reached => reached is IKillSwitchOperator);
        Assert.Contains(ObjectGraph.ReachableFrom(kernel.Plugins["KillSwitch"]), reached => reached is IKillSwitchStore);
    }

    [Fact]
    public void WithoutOperator_NothingThatReleasesIsInTheContainer()
    {
        ServiceCollection services = [];
        services.AddJarvisRouting(options => options.ApiKey = "key");

        Assert.DoesNotContain(services, service => service.ServiceType == typeof(IKillSwitchOperator) || service.ServiceType == typeof(IKillSwitchReleaseStore));
        services.AddJarvisOperator();
        Assert.Contains(services, service => service.ServiceType == typeof(IKillSwitchOperator));
    }

    [Fact]
    public async Task GetStatus_AnswersInBothStates()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        Kernel kernel = jarvis.Kernel;
        Assert.Equal("Not pulled: agents may work.", await StatusAsync());

        await jarvis.KillSwitch.ActivateAsync("spent too much", "test", cancellationToken: Ct);

        Assert.Matches(@"^Pulled since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: spent too much\. Only a human can release it\.$", await StatusAsync());

        async Task<string> StatusAsync() => (await kernel.InvokeAsync("KillSwitch", "get_status", cancellationToken: Ct)).ToString();
    }

    [Fact]
    public async Task GetStatus_NamesWhatIsStopped()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        await jarvis.KillSwitch.ActivateAsync("too dear", "test", new KillSwitchActivation { Scope = KillSwitchScope.ForTier(Tier.Strong) }, Ct);
        await jarvis.KillSwitch.ActivateAsync("done", "test", new KillSwitchActivation { Scope = KillSwitchScope.ForGoal(42) }, Ct);

        string status = (await jarvis.Kernel.InvokeAsync("KillSwitch", "get_status", cancellationToken: Ct)).ToString();

        Assert.Matches(@"^Pulled for goal:42 since .* UTC: done\. Pulled for tier:strong since .* UTC: too dear\. Only a human can release it\.$", status);
    }

    [Fact]
    public async Task Activate_StopsAndIsTracedToTheAgent()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        await jarvis.Kernel.InvokeAsync("KillSwitch", "activate", new KernelArguments { ["reason"] = "I loop" }, Ct);

        Assert.Equal("I loop", (await jarvis.KillSwitch.GetStateAsync(Ct)).Reason);
        Assert.Equal(("activate", "I loop", "agent"), (await jarvis.KillSwitch.GetHistoryAsync(cancellationToken: Ct)).Select(entry => (entry.Action, entry.Reason, entry.TriggeredBy)).Single());
    }

    [Fact]
    public async Task ActivateWithoutReason_SaysWhatIsMissing()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        FunctionResult answer = await jarvis.Kernel.InvokeAsync("KillSwitch", "activate", new KernelArguments { ["reason"] = " " }, Ct);

        Assert.StartsWith("Not pulled:", answer.ToString(), StringComparison.Ordinal);
        await jarvis.KillSwitch.ThrowIfActiveAsync(Ct);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ModelActivatesInToolLoop_ItsOwnRunEnds(bool isStreamed)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(
            SimulatedReply.ToolCalls(new SimulatedToolCall("KillSwitch-activate", """{"reason":"I loop"}"""), new SimulatedToolCall("KillSwitch-get_status")),
            SimulatedReply.Text("never asked for"));
        KernelArguments arguments = new(new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() });

        KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(async () =>
        {
            if (!isStreamed)
            {
                await jarvis.Kernel.InvokePromptAsync("Work", arguments, cancellationToken: Ct);
                return;
            }

            await foreach (StreamingKernelContent part in jarvis.Kernel.InvokePromptStreamingAsync("Work", arguments, cancellationToken: Ct))
            {
                Assert.NotNull(part);
            }
        });

        Assert.Equal("I loop", stopped.State.Reason);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task UsersFunctionOfTheSameName_IsNotExempt()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Plugins = JarvisPlugins.None);
        Kernel kernel = jarvis.Kernel;
        int ran = 0;
        kernel.Plugins.AddFromFunctions("KillSwitch", [KernelFunctionFactory.CreateFromMethod(() => ran++, "get_status")]);
        await jarvis.KillSwitch.ActivateAsync("stop", "test", cancellationToken: Ct);

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => kernel.InvokeAsync("KillSwitch", "get_status", cancellationToken: Ct));

        Assert.Equal(0, ran);
    }
}
