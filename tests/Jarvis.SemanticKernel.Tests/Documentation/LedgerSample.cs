using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>What docs/ledger.md shows.</summary>
internal static class LedgerSample
{
    public static void Folder(IKernelBuilder builder)
    {
        #region folder
        builder.AddJarvisRouting(options =>
        {
            options.Database = "postgres://agents:secret@db.example:5432/agents";
            options.Ledger.JournalFolder = "/var/lib/agents/journal"; // a local disk that outlives the process
        });
        #endregion
    }

    public static async Task<string?> LostAsync(IChatCompletionService chat, Func<AiCallRecord, Task> keepAsync)
    {
        #region lost
        try
        {
            ChatMessageContent reply = await chat.GetChatMessageContentAsync("Plan the week");
            return reply.Content;
        }
        catch (LedgerException lost)
        {
            await keepAsync(lost.Record);  // append it again when there is room: its id keeps it from counting twice
            return lost.ResponseBody;      // the answer was paid for: it is here, as JSON
        }
        #endregion
    }
}
