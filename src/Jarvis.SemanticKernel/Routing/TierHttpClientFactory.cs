using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.OpenRouter;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>One client a tier over one shared chain of handlers, so that the handlers know the tier whatever the caller's context.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The clients live as long as the tiers, which live as long as the process.")]
internal sealed class TierHttpClientFactory(IHttpMessageHandlerFactory handlers)
{
    /// <summary>The name under which <c>IHttpClientFactory</c> configuration reaches the chain.</summary>
    public const string ClientName = "jarvis";

    // Made on first use and kept: SocketsHttpHandler renews its own connections, so nothing has to be rotated.
    private readonly Lazy<HttpMessageHandler> _chain = new(() => handlers.CreateHandler(ClientName));

    public HttpClient Create(string tier, string model, JarvisRoutingOptions options)
    {
        var client = new HttpClient(new TierStamp(tier, model, options.Tiers[tier], _chain.Value), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        if (options.Tiers[tier].Endpoint is null)
        {
            AppAttribution.AddTo(client.DefaultRequestHeaders, options);
        }

        return client;
    }

    private sealed class TierStamp(string tier, string model, TierOptions settings, HttpMessageHandler chain) : DelegatingHandler(chain)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (settings is { Endpoint: not null, ApiKey: null })
            {
                // The connectors cannot do without one.
                request.Headers.Authorization = null;
            }

            new TierRequest(tier, model, AmbientCall.Current.Call) { IsServedElsewhere = settings.Endpoint is not null, Prices = settings.Prices }.StampOn(request);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
