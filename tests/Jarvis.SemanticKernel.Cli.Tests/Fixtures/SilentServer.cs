using System.Net;
using System.Net.Sockets;

namespace Jarvis.SemanticKernel.Cli.Tests.Fixtures;

/// <summary>A server that accepts connections and never says a word.</summary>
internal sealed class SilentServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SilentServer() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Waits until somebody speaks to it.</summary>
    public async Task WaitForClientAsync(CancellationToken cancellationToken)
    {
        Socket client = await _listener.AcceptSocketAsync(cancellationToken);
        await client.ReceiveAsync(new byte[1], cancellationToken);
    }

    /// <summary>Hangs up on whoever speaks to it, until it is gone.</summary>
    public async Task HangUpAsync()
    {
        try
        {
            while (true)
            {
                using Socket client = await _listener.AcceptSocketAsync();
                await client.ReceiveAsync(new byte[1]);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone.
        }
    }

    public void Dispose() => _listener.Dispose();
}
