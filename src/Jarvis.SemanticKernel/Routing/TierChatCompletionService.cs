using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// A tier's chat service: Semantic Kernel's own connector, with the scope of the call around it. It sends nothing itself and understands no settings, so
/// everything that the connector can do works.
/// </summary>
internal sealed class TierChatCompletionService(string tier, IChatCompletionService connector, CallAttribution? attribution = null)
    : IChatCompletionService, IGoverned, ITier<TierChatCompletionService>
{
    private static readonly CallAttribution Direct = new() { Route = "direct" };

    private readonly CallAttribution _attribution = attribution ?? Direct;

    public string Tier { get; } = tier;

    public string? Model => connector.GetModelId();

    public CallAttribution Attribution => _attribution;

    /// <summary>Gets or sets the tier that serves when this one cannot; null when none may.</summary>
    public TierFallback<TierChatCompletionService>? Fallback { get; set; }

    public IReadOnlyDictionary<string, object?> Attributes => connector.Attributes;

    /// <summary>The same tier, for one call: an AsyncLocal set while selecting would not reach a streamed call.</summary>
    public TierChatCompletionService For(CallAttribution call) => new(Tier, connector, call) { Fallback = Fallback };

    public async Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        CancellationToken cancellationToken = default)
    {
        var call = LogicalCall.Create(Tier, Model, _attribution, isStreaming: false);
        call.Enter();
        try
        {
            call.ThrowIfStopped();
            TierChatCompletionService next;
            try
            {
                return await connector.GetChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken).ConfigureAwait(false);
            }
            catch (ModelCallException e) when (Fallback?.After(e, this, cancellationToken) is { } other)
            {
                next = other;
            }

            // Inside this call: what stops it stops the other tier too. The rounds and tools that are behind it stand in the history.
            call.ThrowIfStopped();
            return await next.GetChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken).ConfigureAwait(false);
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
        CancellationToken cancellationToken = default) => new ScopedStream<StreamingChatMessageContent>(
            () => LogicalCall.Create(Tier, Model, _attribution, isStreaming: true),
            token => Fallback is null
                ? connector.GetStreamingChatMessageContentsAsync(chatHistory, executionSettings, kernel, token)
                : Fallback.StreamAsync(
                    this,
                    connector.GetStreamingChatMessageContentsAsync(chatHistory, executionSettings, kernel, token),
                    next => next.GetStreamingChatMessageContentsAsync(chatHistory, executionSettings, kernel, token),
                    token),
            cancellationToken);
}
