using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.AI;
using Polly.Timeout;

namespace Jarvis.SemanticKernel.ModelCalls.Foreign;

/// <summary>
/// A chat client that is not ours, behind the filters of a tier. A request that stands for the call passes the same handlers, so that blocking, cutting, time limits and records are
/// those of a tier; the client's own answer passes by their side.
/// </summary>
internal sealed class GovernedChatClient(IChatClient inner, ForeignChain chain, string? name, TierPrices? prices) : DelegatingChatClient(inner), IGoverned
{
    private const string Route = "foreign";
    private const string Unknown = "unknown";

    // Never called: what leaves, leaves through the client.
    private static readonly Uri Address = new("https://chat-client.invalid/chat/completions");
    private static readonly CallAttribution Foreign = new() { Route = Route };

    private readonly ChatClientMetadata? _metadata = inner.GetService<ChatClientMetadata>();

    private string Tier => name ?? _metadata?.ProviderName ?? Route;

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        LogicalCall call = Begin(options, isStreaming: false);
        call.Enter();
        try
        {
            call.ThrowIfStopped();
            var foreign = new ForeignCall(_metadata?.ProviderName) { Ask = token => base.GetResponseAsync(messages, options, token) };
            using HttpRequestMessage request = Request(foreign, call);
            using HttpResponseMessage response = await SendAsync(request, foreign, cancellationToken).ConfigureAwait(false);
            return response == foreign.Response ? foreign.Answer! : await FilterAnswer.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            call.End();
            call.ThrowIfStopped();
        }
    }

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => new ScopedStream<ChatResponseUpdate>(
            () => Begin(options, isStreaming: true),
            token => ReadAsync(new ForeignCall(_metadata?.ProviderName) { Stream = abort => base.GetStreamingResponseAsync(messages, options, abort) }, token),
            cancellationToken);

    private async IAsyncEnumerable<ChatResponseUpdate> ReadAsync(ForeignCall foreign, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(foreign, LogicalCall.Around()!);
        using HttpResponseMessage response = await SendAsync(request, foreign, cancellationToken).ConfigureAwait(false);
        if (response != foreign.Response)
        {
            await foreach (ChatResponseUpdate update in FilterAnswer.ReadStreamAsync(response, cancellationToken).ConfigureAwait(false))
            {
                yield return update;
            }

            yield break;
        }

        Stream events = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[1024];
        while (await ReadEventAsync(events, buffer, foreign, cancellationToken).ConfigureAwait(false))
        {
            while (foreign.Updates.TryDequeue(out ChatResponseUpdate? update))
            {
                yield return update;
            }
        }
    }

    private static async Task<bool> ReadEventAsync(Stream events, byte[] buffer, ForeignCall foreign, CancellationToken cancellationToken)
    {
        try
        {
            return await events.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0;
        }
        catch (ModelCallException) when (foreign.Failure is not null)
        {
            ExceptionDispatchInfo.Throw(foreign.Failure);
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ForeignCall foreign, CancellationToken cancellationToken)
    {
        var tier = TierRequest.Of(request)!;
        try
        {
            return await chain.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException e) when (tier.LastCall is not null)
        {
            throw ModelCallErrors.ToException(tier.LastCall, e);
        }
        catch (Exception e) when (foreign.Failure is not null && e is HttpRequestException or IOException or ModelCallException)
        {
            ExceptionDispatchInfo.Throw(foreign.Failure!);
            throw;
        }
    }

    private LogicalCall Begin(ChatOptions? options, bool isStreaming)
    {
        var call = LogicalCall.Create(Tier, Model(options), Foreign, isStreaming);
        call.IsForeign = true;
        return call;
    }

    private string Model(ChatOptions? options) => options?.ModelId ?? _metadata?.DefaultModelId ?? Unknown;

    private HttpRequestMessage Request(ForeignCall foreign, LogicalCall call)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = new ByteArrayContent([]) };
        new TierRequest(new TierTarget(call.Tier, call.Model!) { IsServedElsewhere = true, Prices = prices }, call).StampOn(request);
        foreign.StampOn(request);
        return request;
    }
}
