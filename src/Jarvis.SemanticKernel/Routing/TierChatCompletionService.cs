using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// A tier's chat service: Semantic Kernel's own connector, with the scope of the call around it and the tier's own settings where the caller has none. It sends
/// nothing itself, so everything that the connector can do works.
/// </summary>
internal sealed class TierChatCompletionService(BoundTier bound) : IChatCompletionService, IGoverned
{
    public BoundTier Bound => bound;

    public IReadOnlyDictionary<string, object?> Attributes => bound.Served.Connector.Attributes;

    public async Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        CancellationToken cancellationToken = default)
    {
        ServedTier tier = bound.ServedFor(executionSettings?.ServiceId, executionSettings?.ModelId);
        LogicalCall call = bound.Begin(tier, isStreaming: false);
        call.Enter();
        try
        {
            call.ThrowIfStopped();
            try
            {
                PromptExecutionSettings settings = tier.Settings.For(executionSettings, call.Attribution.Agent);
                return await tier.Connector.GetChatMessageContentsAsync(chatHistory, settings, kernel, cancellationToken).ConfigureAwait(false);
            }
            catch (ModelCallException e) when (tier.Fallback?.TakesOver(e, tier, cancellationToken) == true)
            {
                // Goes on below.
            }

            // Inside this call: what stops it stops the other tier too. The rounds and tools that are behind it stand in the history.
            call.ThrowIfStopped();
            return await InPlaceOf(tier).GetChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            call.End();

            // A call stopped in its tool loop ends here, whatever the loop made of it: with a tool message as its result, or another exception.
            call.ThrowIfStopped();
        }
    }

    public IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        CancellationToken cancellationToken = default)
    {
        ServedTier tier = bound.ServedFor(executionSettings?.ServiceId, executionSettings?.ModelId);
        return new ScopedStream<StreamingChatMessageContent>(
            () => bound.Begin(tier, isStreaming: true),
            token =>
            {
                IAsyncEnumerable<StreamingChatMessageContent> own = tier.Connector.GetStreamingChatMessageContentsAsync(
                    chatHistory, tier.Settings.For(executionSettings, AmbientCall.Current.Attribution.Agent), kernel, token);
                return tier.Fallback is { } fallback
                    ? fallback.StreamAsync(tier, own, () => InPlaceOf(tier).GetStreamingChatMessageContentsAsync(chatHistory, executionSettings, kernel, token), token)
                    : own;
            },
            cancellationToken);
    }

    private TierChatCompletionService InPlaceOf(ServedTier failed) => new(bound.InPlaceOf(failed));
}
