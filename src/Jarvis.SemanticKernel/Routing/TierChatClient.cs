using Microsoft.Extensions.AI;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// A tier for Microsoft.Extensions.AI and the agents built on it: the OpenAI SDK's own client over the tier's HTTP client, with the scope of the call around it. Semantic Kernel's
/// adapter of a chat service would make a call of its own of every piece of a streamed tool call.
/// </summary>
internal sealed class TierChatClient(string tier, string model, IChatClient connector, ITierCatalog tiers, CallAttribution? attribution = null)
    : IChatClient, IGoverned, ITier<TierChatClient>
{
    private static readonly CallAttribution Direct = new() { Route = "direct" };

    public string Tier => tier;

    public CallAttribution Attribution { get; } = attribution ?? Direct;

    /// <summary>Gets or sets the tier that serves when this one cannot; null when none may.</summary>
    public TierFallback<TierChatClient>? Fallback { get; set; }

    public TierChatClient For(CallAttribution call) => new(tier, model, connector, tiers, call) { Fallback = Fallback };

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        IEnumerable<ChatMessage> prompt = Repeatable(messages);
        LogicalCall call = Begin(options, isStreaming: false);
        call.Enter();
        try
        {
            call.ThrowIfStopped();
            TierChatClient next;
            try
            {
                return await connector.GetResponseAsync(prompt, options, cancellationToken).ConfigureAwait(false);
            }
            catch (ModelCallException e) when (Fallback?.After(e, this, cancellationToken) is { } other)
            {
                next = other;
            }

            call.ThrowIfStopped();
            return await next.GetResponseAsync(prompt, WithoutModel(options), cancellationToken).ConfigureAwait(false);
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
        IEnumerable<ChatMessage> prompt = Repeatable(messages);
        return new ScopedStream<ChatResponseUpdate>(
            () => Begin(options, isStreaming: true),
            token => Fallback is null
                ? connector.GetStreamingResponseAsync(prompt, options, token)
                : Fallback.StreamAsync(
                    this, connector.GetStreamingResponseAsync(prompt, options, token), next => next.GetStreamingResponseAsync(prompt, WithoutModel(options), token), token),
            cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this : connector.GetService(serviceType, serviceKey);
    }

    /// <summary>Does nothing: the tier serves others too.</summary>
    public void Dispose()
    {
    }

    // The client would send another model under this tier's name.
    private LogicalCall Begin(ChatOptions? options, bool isStreaming) => options?.ModelId is { Length: > 0 } asked && asked != model
        ? throw UnknownTierException.ForModelOfOtherTier(tier, asked, tiers)
        : LogicalCall.Create(tier, model, Attribution, isStreaming);

    private IEnumerable<ChatMessage> Repeatable(IEnumerable<ChatMessage> messages) =>
        Fallback is null || messages is IReadOnlyCollection<ChatMessage> ? messages : [.. messages];

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
}
