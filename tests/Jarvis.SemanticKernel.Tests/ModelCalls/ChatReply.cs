using System.Text;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>Asks a tier's chat service as a user does, and tells what came of it.</summary>
internal static class ChatReply
{
    public static async Task<(ExpectedReply Reply, ModelCallException? Failure)> AskAsync(
        IChatCompletionService chat, bool streamed, CancellationToken cancellationToken, string prompt = "hello")
    {
        var text = new StringBuilder();
        var tools = new FunctionCallContentBuilder();
        IEnumerable<FunctionCallContent> calls = [];
        ModelCallException? failure = null;
        try
        {
            if (streamed)
            {
                await foreach (StreamingChatMessageContent part in chat.GetStreamingChatMessageContentsAsync(prompt, cancellationToken: cancellationToken))
                {
                    text.Append(part.Content);
                    tools.Append(part);
                }

                calls = tools.Build();
            }
            else
            {
                ChatMessageContent message = await chat.GetChatMessageContentAsync(prompt, cancellationToken: cancellationToken);
                text.Append(message.Content);
                calls = FunctionCallContent.GetFunctionCalls(message);
            }
        }
        catch (ModelCallException e)
        {
            failure = e;
        }

        var reply = new ExpectedReply(
            text.ToString(),
            string.Join(' ', calls.Select(call => $"{call.Id} {call.FunctionName}({string.Join(',', call.Arguments!.Select(a => $"{a.Key}={a.Value}"))})")),
            failure?.Error?.Code,
            failure?.Error?.Message,
            (int?)failure?.Error?.RetryAfter?.TotalSeconds);
        return (reply, failure);
    }
}
