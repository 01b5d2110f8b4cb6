using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.MainJob;

public class SmokeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prompt_And_Stream_AreRecorded()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.Enqueue(SimulatedReply.Text("hello there"), SimulatedReply.Text("streamed words come in pieces"));
        FunctionResult result = await jarvis.Kernel.InvokePromptAsync("Say hello", new KernelArguments().WithTier(Tier.Cheap).WithGoal(42), cancellationToken: Ct);
        Assert.Equal("hello there", result.ToString());
        string streamed = "";
        await foreach (StreamingChatMessageContent part in jarvis.Chat(Tier.Strong).GetStreamingChatMessageContentsAsync(new ChatHistory("stream"), cancellationToken: Ct))
        {
            streamed += part.Content;
        }

        Assert.Equal("streamed words come in pieces", streamed);
        SpendReport spend = await jarvis.Services.GetRequiredService<ICostReport>().GetSpendAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-1), cancellationToken: Ct);
        Assert.Equal(jarvis.Upstream.TotalBilledUsd, spend.Total.CostUsd);
        Assert.Equal(["cheap", "strong"], spend.Lines.Select(l => l.Key).Order());
    }

    [Fact]
    public async Task KilledInToolLoop_EndsWithException()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        Kernel kernel = jarvis.Kernel;
        int ran = 0;
        kernel.Plugins.AddFromFunctions("Tools", [KernelFunctionFactory.CreateFromMethod(async () => { ran++; await jarvis.KillSwitch.ActivateAsync("runaway", "test", Ct); await jarvis.Operator.DeactivateAsync("ok", "test", Ct); return "done"; }, "work")]);
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-work")), SimulatedReply.Text("x"));
        var settings = new OpenAIPromptExecutionSettings { ServiceId = "strong", FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        FunctionResult r = await kernel.InvokePromptAsync("go", new KernelArguments(settings), cancellationToken: Ct);
        Assert.Equal(2, jarvis.Upstream.RequestCount);
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", Ct);
        await Assert.ThrowsAsync<KillSwitchActiveException>(() => kernel.InvokePromptAsync("go", new KernelArguments(settings), cancellationToken: Ct));
    }
}
