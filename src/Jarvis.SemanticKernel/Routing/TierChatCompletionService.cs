using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// A tier's chat service: Semantic Kernel's own connector, with the scope of the call around it and the tier's own settings where the caller has none. It sends
/// nothing itself, so everything that the connector can do works.
/// </summary>
internal sealed class TierChatCompletionService : IChatCompletionService, IGoverned
{
    private static readonly CallAttribution Direct = new() { Route = "direct" };

    private readonly TierCatalog? _tiers;
    private readonly string? _name;
    private readonly ServedTier? _served;

    /// <summary>For calls of the service itself: whatever serves the tier when the call is made. Without a name, that of the default tier.</summary>
    public TierChatCompletionService(TierCatalog tiers, string? name) => (_tiers, _name, Attribution) = (tiers, name, Direct);

    /// <summary>For one call whose tier was chosen: an AsyncLocal set while choosing would not reach a streamed call.</summary>
    public TierChatCompletionService(ServedTier served, CallAttribution attribution) => (_served, Attribution) = (served, attribution);

    /// <summary>Gets what a call says of itself.</summary>
    public CallAttribution Attribution { get; }

    /// <summary>Gets what would serve a call that is made now.</summary>
    public ServedTier Served => _served ?? Find(_tiers!.Current);

    public IReadOnlyDictionary<string, object?> Attributes => Served.Connector.Attributes;

    public async Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        CancellationToken cancellationToken = default)
    {
        ServedTier tier = ServedFor(executionSettings);
        LogicalCall call = Begin(tier, isStreaming: false);
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
        ServedTier tier = ServedFor(executionSettings);
        return new ScopedStream<StreamingChatMessageContent>(
            () => Begin(tier, isStreaming: true),
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

    private TierChatCompletionService InPlaceOf(ServedTier failed) => new(failed.Fallback!.Tier, Attribution with { Route = TierFallback.Route });

    private LogicalCall Begin(ServedTier tier, bool isStreaming) => LogicalCall.Create(tier.Name, tier.Model, Attribution, isStreaming, tier.FallbackModels);

    private ServedTier Find(TierSet tiers) => _name is null ? tiers.Default : tiers.Find(_name) ?? throw UnknownTierException.ForTier(_name, tiers);

    // Whoever chose the tier has looked at the settings. Of a call of the service itself nobody has, and the connector ignores both names in silence.
    private ServedTier ServedFor(PromptExecutionSettings? settings)
    {
        if (_served is not null)
        {
            return _served;
        }

        TierSet tiers = _tiers!.Current;
        ServedTier tier = Find(tiers);
        return settings switch
        {
            { ServiceId: { } id } when !ServiceIds.IsDefault(id) && !string.Equals(id, tier.Name, StringComparison.OrdinalIgnoreCase) =>
                throw UnknownTierException.ForServiceOfOtherTier(tier.Name, id, tiers),
            { ModelId: { Length: > 0 } model } when model != tier.Model => throw UnknownTierException.ForModelOfOtherTier(tier.Name, model, tiers),
            _ => tier,
        };
    }
}
