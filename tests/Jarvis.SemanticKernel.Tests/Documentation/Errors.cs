using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>The code that docs/errors.md shows; <see cref="GettingStartedTests"/> runs it.</summary>
internal static class Errors
{
    public static async Task<ChatMessageContent?> AskAsync(IChatCompletionService chat, Func<DateTimeOffset, Task> postponeUntil, Func<string, Task> tellPeople)
    {
        #region errors
        try
        {
            return await chat.GetChatMessageContentAsync("Plan the week");
        }
        catch (RateLimitedException e) when (e.RetryAt is { } at)
        {
            await postponeUntil(at);
        }
        catch (CreditsExhaustedException e)
        {
            await tellPeople(e.Message);
        }
        #endregion
        return null;
    }
}
