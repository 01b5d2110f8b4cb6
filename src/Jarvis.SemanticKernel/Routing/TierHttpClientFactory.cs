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

    public HttpClient Create(string tier, TierOptions served, JarvisRoutingOptions options)
    {
        var client = new HttpClient(new TierStamp(tier, served, served.Endpoint is null ? options.ApiKey : served.ApiKey, _chain.Value), disposeHandler: false)
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (served.Endpoint is null)
        {
            AppAttribution.AddTo(client.DefaultRequestHeaders, options);
        }

        return client;
    }

    private sealed class TierStamp(string tier, TierOptions served, string? apiKey, HttpMessageHandler chain) : DelegatingHandler(chain)
    {
        private readonly TierTarget _target = new(tier, served.Model!)
        {
            FallbackModels = [.. served.FallbackModels],
            ApiKey = apiKey,
            IsServedElsewhere = served.Endpoint is not null,
            Prices = served.Prices,
        };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            LogicalCall? call = AmbientCall.Current.Call;
            new TierRequest(_target, call).StampOn(request);
            if (_target.IsServedElsewhere)
            {
                if (_target.ApiKey is null)
                {
                    // The connectors cannot do without one.
                    request.Headers.Authorization = null;
                }
            }
            else if (call?.Attribution.RunId is { } run)
            {
                RunAttribution.AddTo(request.Headers, run);
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
