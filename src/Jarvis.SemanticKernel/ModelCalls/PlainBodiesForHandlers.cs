using System.Net;
using Microsoft.Extensions.Http;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Where handlers of a host stand between the chain and the network, the network undoes the compression, as it does everywhere else: they read what was written.</summary>
internal sealed class PlainBodiesForHandlers(string client) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (builder.Name == client && builder.AdditionalHandlers is not [.., ModelCallHandler] && builder.PrimaryHandler is SocketsHttpHandler network)
        {
            network.AutomaticDecompression = DecompressionMethods.All;
        }
    };
}
