using System.Runtime.CompilerServices;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// A tier's chat service: Semantic Kernel's own connector, with the scope of the call around it. It sends nothing itself and understands no settings, so
/// everything that the connector can do works.
/// </summary>
internal sealed class TierChatCompletionService(string tier, IChatCompletionService connector, CallAttribution? attribution = null) : IChatCompletionService
{
    private static readonly CallAttribution Direct = new() { Route = "direct" };

    private readonly CallAttribution _attribution = attribution ?? Direct;

    public string Tier { get; } = tier;

    public string? Model => connector.GetModelId();

    /// <summary>Gets what a call says of itself.</summary>
    public CallAttribution Attribution => _attribution;

    public IReadOnlyDictionary<string, object?> Attributes => connector.Attributes;

    /// <summary>The same tier, for one call: an AsyncLocal set while selecting would not reach a streamed call.</summary>
    public TierChatCompletionService For(CallAttribution call) => new(Tier, connector, call);

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
            return await connector.GetChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            call.End();

            // A call stopped in its tool loop ends here, whatever the loop made of it: with a tool message as its result, or another exception.
            call.ThrowIfStopped();
        }
    }

    public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = LogicalCall.Create(Tier, Model, _attribution, isStreaming: true);
        try
        {
            call.ThrowIfStopped();
            var reader = new ScopedEnumerator<StreamingChatMessageContent>(
                call, connector.GetStreamingChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken), cancellationToken);
            await using ConfiguredAsyncDisposable ending = reader.ConfigureAwait(false);
            while (await reader.MoveNextAsync().ConfigureAwait(false))
            {
                yield return reader.Current;
            }
        }
        finally
        {
            call.End();
        }
    }
}
