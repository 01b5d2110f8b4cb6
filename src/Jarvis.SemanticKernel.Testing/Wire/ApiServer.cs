using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>A bare Kestrel on a free loopback port: no host, so no configuration, logging or signal handlers reach into the process under test.</summary>
internal sealed class ApiServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private readonly RequestDelegate _handle;
    private readonly ServiceProvider _services;
    private readonly KestrelServer _server;

    public ApiServer(RequestDelegate handle)
    {
        _handle = handle;
        _services = new ServiceCollection().BuildServiceProvider();
        var options = new KestrelServerOptions { AddServerHeader = false, ApplicationServices = _services };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http1);

        // With a write buffer of one byte a flush ends when the bytes are with the system, so a cut comes after exactly the bytes before it.
        var transport = new SocketTransportOptions { MaxWriteBufferSize = 1 };
        _server = new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(transport), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
    }

    public Uri Address => new(_server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    public Task StartAsync(CancellationToken ct) => _server.StartAsync(this, ct);

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        try
        {
            await _handle(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left while its request was being read; there is nobody to answer.
            context.Abort();
        }
    }

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing of the context outlives its request.
    }

    public async ValueTask DisposeAsync()
    {
        // A cancelled token closes all connections at once, which also ends every gate that a script left shut.
        await _server.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        _server.Dispose();
        await _services.DisposeAsync().ConfigureAwait(false);
    }
}
