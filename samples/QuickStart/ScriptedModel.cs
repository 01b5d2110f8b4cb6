using System.Text.Json;
using Jarvis.SemanticKernel.Testing;

namespace QuickStart;

/// <summary>What the simulator's models say. Used only where no key is set: a model over OpenRouter says what it wants.</summary>
internal static class ScriptedModel
{
    public static SimulatedReply Answer(SimulatedRequest request)
    {
        JsonElement[] messages = [.. request.Body.GetProperty("messages").EnumerateArray()];
        string prompt = messages.Where(message => message.GetProperty("role").ValueEquals("user")).Select(Text).Last();
        int toolResults = messages.Count(message => message.GetProperty("role").ValueEquals("tool"));
        return (prompt, toolResults) switch
        {
            (Prompts.Plan, _) => SimulatedReply.Text("Chains and saddles: both sell out in the first warm week of March.").After(TimeSpan.FromMilliseconds(300)),
            (Prompts.Mail, _) => SimulatedReply.Text("complaint").After(TimeSpan.FromMilliseconds(100)),
            (Prompts.Thanks, _) => SimulatedReply.Text("Thank you for bearing with us while your new wheel is on its way.").After(TimeSpan.FromMilliseconds(200)),
            (Prompts.Restock, 0) => SimulatedReply.ToolCalls(Stock("chains"), Stock("tyres"), Stock("saddles")),
            (Prompts.Restock, 3) => SimulatedReply.ToolCalls(Order("chains", 20)),
            (Prompts.Restock, 4) => SimulatedReply.ToolCalls(Order("saddles", 20)),
            (Prompts.Restock, _) => SimulatedReply.Text("Chains were down to 3 and saddles to 1, so I ordered 20 of each; tyres are fine."),
            (Prompts.Explain, _) => Typed("An agent acts on its own and many times a minute, so a small mistake repeats before anybody reads a log. "
                + "An emergency stop ends that at once and everywhere. Only a person can release it, because the agent that made the mistake should not decide that it is over."),
            (Prompts.Runaway, _) => SimulatedReply.ToolCalls(Order("chains", 1)),
            (Prompts.Resume, _) => SimulatedReply.Text("Yes: the stop is released and I am back at work."),
            _ => SimulatedReply.Text("This prompt is not in the script."),
        };
    }

    private static SimulatedToolCall Stock(string product) => new("Warehouse-Stock", $$"""{"product":"{{product}}"}""");

    private static SimulatedToolCall Order(string product, int pieces) => new("Warehouse-Order", $$"""{"product":"{{product}}","pieces":{{pieces}}}""");

    /// <summary>Sends a few words at a time, at the pace of a model.</summary>
    private static SimulatedReply Typed(string text) =>
        Enumerable.Range(1, 40).Aggregate(SimulatedReply.Text(text), static (reply, chunk) => reply.PauseAfterChunk(chunk, Task.Delay(40 * chunk)));

    private static string Text(JsonElement message) => message.GetProperty("content") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : string.Empty;
}
