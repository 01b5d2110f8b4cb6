using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>What a tool starts and leaves behind carries the ambient values of its run for ever.</summary>
public class BackgroundWorkTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly OpenAIPromptExecutionSettings WithTools = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WorkLeftBehindByTool_GoesOnAfterReleaseInRunsOfItsOwn(bool isStreamed)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-start")));
        TaskCompletionSource isOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource isReleased = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource hasCalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? work = null;
        Kernel kernel = jarvis.Kernel;
        kernel.Plugins.AddFromFunctions("Tools", [KernelFunctionFactory.CreateFromMethod(() => { work = WorkAsync(); }, "start")]);

        using (JarvisScope.Begin(goal: 42))
        {
            await InvokeAsync(kernel, isStreamed);
        }

        isOver.SetResult();
        await hasCalled.Task.WaitAsync(Bound, Ct);
        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        await jarvis.Operator.DeactivateAsync("fine again", "test", cancellationToken: Ct);
        isReleased.SetResult();
        await work!.WaitAsync(Bound, Ct);

        IReadOnlyList<RecordedCall> records = await database.ReadCallsAsync();
        Assert.Equal(4, records.Count);
        Assert.All(records, record => Assert.Equal(42, record.GoalId));
        Assert.Equal(records[0].RunId, records[1].RunId);
        Assert.Equal(3, records.Select(record => record.RunId).Distinct().Count());

        async Task WorkAsync()
        {
            await isOver.Task;
            await jarvis.Chat("mid").GetChatMessageContentAsync("Look", cancellationToken: Ct);
            hasCalled.SetResult();
            await isReleased.Task;
            await jarvis.Chat("mid").GetChatMessageContentAsync("Look again", cancellationToken: Ct);
        }
    }

    private static async Task InvokeAsync(Kernel kernel, bool isStreamed)
    {
        KernelArguments arguments = new(WithTools);
        if (!isStreamed)
        {
            await kernel.InvokePromptAsync("Work", arguments, cancellationToken: Ct);
            return;
        }

        await foreach (StreamingKernelContent part in kernel.InvokePromptStreamingAsync("Work", arguments, cancellationToken: Ct))
        {
            Assert.NotNull(part);
        }
    }
}
