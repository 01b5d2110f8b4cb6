using Microsoft.Extensions.AI;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// A tier for Microsoft.Extensions.AI and the agents built on it: the OpenAI SDK's own client over the tier's HTTP client, with the scope of the call around it and the tier's
/// own settings where the caller has none. Semantic Kernel's adapter of a chat service would make a call of its own of every piece of a streamed tool call.
/// </summary>
internal sealed class TierChatClient(BoundTier bound) : IChatClient, IGoverned
{
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ServedTier tier = bound.ServedFor(serviceId: null, options?.ModelId);
        IEnumerable<ChatMessage> prompt = Repeatable(tier, messages);
        LogicalCall call = bound.Begin(tier, isStreaming: false);
        call.Enter();
        try
        {
            call.ThrowIfStopped();
            try
            {
                return await tier.Client.GetResponseAsync(prompt, tier.Settings.For(options, call.Attribution.Agent), cancellationToken).ConfigureAwait(false);
            }
            catch (ModelCallException e) when (tier.Fallback?.TakesOver(e, tier, cancellationToken) == true)
            {
                // Goes on below.
            }

            call.ThrowIfStopped();
            using TierChatClient other = InPlaceOf(tier);
            return await other.GetResponseAsync(prompt, WithoutModel(options), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            call.End();
            call.ThrowIfStopped();
        }
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ServedTier tier = bound.ServedFor(serviceId: null, options?.ModelId);
        IEnumerable<ChatMessage> prompt = Repeatable(tier, messages);
        return new ScopedStream<ChatResponseUpdate>(
            () => bound.Begin(tier, isStreaming: true),
            token =>
            {
                IAsyncEnumerable<ChatResponseUpdate> own = tier.Client.GetStreamingResponseAsync(prompt, tier.Settings.For(options, AmbientCall.Current.Attribution.Agent), token);
                return tier.Fallback is { } fallback
                    ? fallback.StreamAsync(tier, own, () => InPlaceOf(tier).GetStreamingResponseAsync(prompt, WithoutModel(options), token), token)
                    : own;
            },
            cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this : bound.Served.Client.GetService(serviceType, serviceKey);
    }

    /// <summary>Does nothing: the tier serves others too.</summary>
    public void Dispose()
    {
    }

    private static IEnumerable<ChatMessage> Repeatable(ServedTier tier, IEnumerable<ChatMessage> messages) =>
        tier.Fallback is null || messages is IReadOnlyCollection<ChatMessage> ? messages : [.. messages];

    // It may name the model of the tier that failed.
    private static ChatOptions? WithoutModel(ChatOptions? options)
    {
        if (options?.ModelId is null)
        {
            return options;
        }

        ChatOptions others = options.Clone();
        others.ModelId = null;
        return others;
    }

    private TierChatClient InPlaceOf(ServedTier failed) => new(bound.InPlaceOf(failed));
}
