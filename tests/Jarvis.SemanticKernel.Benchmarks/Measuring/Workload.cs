using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Benchmarks.Measuring;

/// <summary>What a call sends.</summary>
internal sealed class Workload(string name, int messages, int tools, bool isStreaming, string question = Workload.ShortQuestion)
{
    /// <summary>What the upstream answers with a letter of some 400 words, each an event of its own when it streams.</summary>
    public const string LetterQuestion = "Write the letter about invoice 20417.";

    private const string ShortQuestion = "When is invoice 20417 due?";

    private readonly PromptExecutionSettings? _settings = tools == 0 ? null
        : new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(autoInvoke: false) };

    private readonly Kernel _kernel = KernelWith(tools);

    public static Workload Short { get; } = new("one short message", messages: 1, tools: 0, isStreaming: false);

    public static Workload ShortStreamed { get; } = new("one short message, streamed", messages: 1, tools: 0, isStreaming: true);

    public static Workload Agent { get; } = new("a turn of an agent: 20 messages, 8 tools", messages: 20, tools: 8, isStreaming: false);

    public static Workload AgentStreamed { get; } = new("a turn of an agent, streamed", messages: 20, tools: 8, isStreaming: true);

    public static Workload LetterStreamed { get; } = new("a turn of an agent that writes 400 words, streamed", messages: 20, tools: 8, isStreaming: true, LetterQuestion);

    public static Workload[] All { get; } = [Short, ShortStreamed, Agent, AgentStreamed, LetterStreamed];

    public string Name => name;

    public bool IsStreaming => isStreaming;

    public async Task CallAsync(IChatCompletionService chat)
    {
        var history = new ChatHistory(question);
        for (int i = 1; i < messages; i++)
        {
            history.AddMessage(i % 2 == 0 ? AuthorRole.User : AuthorRole.Assistant, "The reminder for invoice 20417 went out on 3 September; the customer promised to pay within ten days.");
        }

        if (!isStreaming)
        {
            await chat.GetChatMessageContentsAsync(history, _settings, _kernel).ConfigureAwait(false);
            return;
        }

        await foreach (StreamingChatMessageContent _ in chat.GetStreamingChatMessageContentsAsync(history, _settings, _kernel).ConfigureAwait(false))
        {
        }
    }

    private static Kernel KernelWith(int tools)
    {
        var kernel = new Kernel();
        if (tools > 0)
        {
            kernel.Plugins.AddFromFunctions("Books", Enumerable.Range(0, tools).Select(i => KernelFunctionFactory.CreateFromMethod(
                (string invoice, int days) => "done", $"remind_{i}", "Sends a reminder for an invoice and waits for a number of days.")));
        }

        return kernel;
    }
}
