using Jarvis.SemanticKernel.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>One way in which a program can make a model call.</summary>
/// <param name="Name">How the test names it.</param>
/// <param name="ToolRounds">How many answers of the model ask for tools before the last one does not.</param>
/// <param name="ToolsARound">How many tools each of them asks for.</param>
/// <param name="RunAsync">Makes the call and reads its answer to the end.</param>
internal sealed record CallPath(string Name, int ToolRounds, int ToolsARound, Func<CallRun, CancellationToken, Task> RunAsync)
{
    // Digits that neither a double nor eight places hold.
    private static readonly string[] Costs = ["0.0076509169000000005", "4e-9", "4.14e-05", "0", "0.0123456789012345678"];

    private static readonly CallPath[] All =
    [
        new("prompt", 0, 0, PromptAsync(Settings(FunctionChoice.None))),
        new("prompt, streamed", 0, 0, StreamedPromptAsync(Settings(FunctionChoice.None))),
        new("chat service", 0, 0, ChatAsync(Settings(FunctionChoice.None))),
        new("chat service, streamed", 0, 0, StreamedChatAsync(Settings(FunctionChoice.None))),
        .. ToolLoops(1),
        .. ToolLoops(2),
        .. ToolLoops(5),
        new("prompt, 3 tools at once", 1, 3, PromptAsync(Settings(FunctionChoice.Concurrent))),
        new("prompt, 3 tools at once, streamed", 1, 3, StreamedPromptAsync(Settings(FunctionChoice.Concurrent))),
        new("chat service, 3 tools at once", 2, 3, ChatAsync(Settings(FunctionChoice.Concurrent))),
        new("chat service, 3 tools at once, streamed", 2, 3, StreamedChatAsync(Settings(FunctionChoice.Concurrent))),
        new("chat client", 0, 0, ChatClientAsync(withTools: false)),
        new("chat client, streamed", 0, 0, StreamedChatClientAsync(withTools: false)),
        new("chat client, 2 rounds", 2, 1, ChatClientAsync(withTools: true)),
        new("chat client, 2 rounds, streamed", 2, 1, StreamedChatClientAsync(withTools: true)),
    ];

    private enum FunctionChoice
    {
        None,
        Auto,
        Concurrent,
    }

    public static TheoryData<string> Names { get; } = [.. All.Select(path => path.Name)];

    public static TheoryData<string> NamesWithTools { get; } = [.. All.Where(path => path.ToolRounds > 0).Select(path => path.Name)];

    /// <summary>The paths on which Semantic Kernel runs the tools.</summary>
    public static TheoryData<string> NamesOfToolLoops { get; } =
        [.. All.Where(path => path.ToolRounds > 0 && !path.IsChatClient).Select(path => path.Name)];

    /// <summary>Tools are run by Microsoft.Extensions.AI, where no filter of Semantic Kernel sees them.</summary>
    public bool IsChatClient => Name.StartsWith("chat client", StringComparison.Ordinal);

    public int Requests => ToolRounds + 1;

    public static CallPath Find(string name) => All.Single(path => path.Name == name);

    /// <summary>What the model answers in turn.</summary>
    public SimulatedReply[] Replies() =>
    [
        .. Enumerable.Range(0, ToolRounds)
            .Select(round => SimulatedReply.ToolCalls([.. Enumerable.Range(0, ToolsARound).Select(_ => ToolCall())])
                .WithUsage(100 + round, 10 + round, Costs[round % Costs.Length])),
        SimulatedReply.Text("the whole answer, in several words").WithUsage(7, 3, Costs[ToolRounds % Costs.Length]),
    ];

    private SimulatedToolCall ToolCall() => new(IsChatClient ? "work" : "Tools-work");

    private static IEnumerable<CallPath> ToolLoops(int rounds) =>
    [
        new($"prompt, {rounds} rounds", rounds, 1, PromptAsync(Settings(FunctionChoice.Auto))),
        new($"prompt, {rounds} rounds, streamed", rounds, 1, StreamedPromptAsync(Settings(FunctionChoice.Auto))),
        new($"chat service, {rounds} rounds", rounds, 1, ChatAsync(Settings(FunctionChoice.Auto))),
        new($"chat service, {rounds} rounds, streamed", rounds, 1, StreamedChatAsync(Settings(FunctionChoice.Auto))),
    ];

    private static OpenAIPromptExecutionSettings Settings(FunctionChoice choice) => new()
    {
        FunctionChoiceBehavior = choice == FunctionChoice.None ? null : FunctionChoiceBehavior.Auto(options: new()
        {
            AllowConcurrentInvocation = choice == FunctionChoice.Concurrent,
            AllowParallelCalls = choice == FunctionChoice.Concurrent ? true : null,
        }),
    };

    private static Func<CallRun, CancellationToken, Task> PromptAsync(OpenAIPromptExecutionSettings settings) =>
        async (run, ct) => await run.Kernel.InvokePromptAsync("Work", new KernelArguments(settings), cancellationToken: ct);

    private static Func<CallRun, CancellationToken, Task> StreamedPromptAsync(OpenAIPromptExecutionSettings settings) => async (run, ct) =>
    {
        await foreach (StreamingKernelContent part in run.Kernel.InvokePromptStreamingAsync("Work", new KernelArguments(settings), cancellationToken: ct))
        {
            Assert.NotNull(part);
        }
    };

    private static Func<CallRun, CancellationToken, Task> ChatAsync(OpenAIPromptExecutionSettings settings) =>
        async (run, ct) => await run.Jarvis.Chat(Tier.Mid).GetChatMessageContentsAsync(new ChatHistory("Work"), settings, run.Kernel, ct);

    private static Func<CallRun, CancellationToken, Task> StreamedChatAsync(OpenAIPromptExecutionSettings settings) => async (run, ct) =>
    {
        await foreach (StreamingChatMessageContent part in run.Jarvis.Chat(Tier.Mid).GetStreamingChatMessageContentsAsync(new ChatHistory("Work"), settings, run.Kernel, ct))
        {
            Assert.NotNull(part);
        }
    };

    private static Func<CallRun, CancellationToken, Task> ChatClientAsync(bool withTools) => async (run, ct) =>
    {
        using IChatClient client = Client(run, withTools);
        await client.GetResponseAsync("Work", Options(run, withTools), ct);
    };

    private static Func<CallRun, CancellationToken, Task> StreamedChatClientAsync(bool withTools) => async (run, ct) =>
    {
        using IChatClient client = Client(run, withTools);
        await foreach (ChatResponseUpdate part in client.GetStreamingResponseAsync("Work", Options(run, withTools), ct))
        {
            Assert.NotNull(part);
        }
    };

    private static IChatClient Client(CallRun run, bool withTools)
    {
        IChatClient client = run.Jarvis.Services.GetRequiredKeyedService<IChatClient>(Tier.Mid);
        return withTools ? client.AsBuilder().UseFunctionInvocation().Build() : client;
    }

    private static ChatOptions? Options(CallRun run, bool withTools) => withTools
        ? new ChatOptions { Tools = [AIFunctionFactory.Create(async () => (await run.Tool.InvokeAsync(run.Kernel)).ToString(), "work")] }
        : null;
}
