using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Jarvis.SemanticKernel.Cli.Tests.Fixtures;

/// <summary>Speaks as much of PostgreSQL's protocol as it takes to ask for a password and refuse it.</summary>
internal sealed class RefusingServer : IDisposable
{
    private const int SslRequest = 80877103;
    private const int GssRequest = 80877104;
    private const byte Refusal = (byte)'N';

    private static readonly byte[] AskForPassword = [(byte)'R', 0, 0, 0, 8, 0, 0, 0, 3];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();

    public RefusingServer()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The last password that arrived.</summary>
    public string? Password { get; private set; }

    public void Dispose()
    {
        _ending.Cancel();
        _listener.Dispose();
        _ending.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            using TcpClient client = await _listener.AcceptTcpClientAsync(_ending.Token);
            NetworkStream stream = client.GetStream();
            while (BinaryPrimitives.ReadInt32BigEndian(await ReadMessageAsync(stream)) is SslRequest or GssRequest)
            {
                await stream.WriteAsync(new[] { Refusal }, _ending.Token);
            }

            await stream.WriteAsync(AskForPassword, _ending.Token);
            await stream.ReadExactlyAsync(new byte[1], _ending.Token);
            Password = Encoding.UTF8.GetString(await ReadMessageAsync(stream)).TrimEnd('\0');
            byte[] fields = Encoding.UTF8.GetBytes("SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"someone\"\0\0");
            byte[] length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, fields.Length + 4);
            await stream.WriteAsync((byte[])[(byte)'E', .. length, .. fields], _ending.Token);
        }
    }

    private async Task<byte[]> ReadMessageAsync(NetworkStream stream)
    {
        byte[] length = new byte[4];
        await stream.ReadExactlyAsync(length, _ending.Token);
        byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
        await stream.ReadExactlyAsync(body, _ending.Token);
        return body;
    }
}
