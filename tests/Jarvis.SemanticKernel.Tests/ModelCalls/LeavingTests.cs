using System.Net;
using System.Net.Sockets;
using Jarvis.SemanticKernel.ModelCalls;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>The moment between a connection and its first byte, over real sockets.</summary>
public class LeavingTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly RecordingLedger _ledger = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Switch_ActivatedWhileConnecting_LetsNothingLeave(bool streamed)
    {
        var connecting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using JarvisHarness jarvis = await StartAsync(async (context, token) =>
        {
            connecting.TrySetResult();
            await go.Task.WaitAsync(token);
            return await ConnectAsync(context.DnsEndPoint, token);
        });

        Task asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct);
        await connecting.Task.WaitAsync(Bound, Ct);
        await jarvis.KillSwitch.ActivateAsync("stop", "test", cancellationToken: Ct);
        go.SetResult();

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => asking.WaitAsync(Bound, Ct));
        Assert.Equal(0, jarvis.Upstream.RequestCount);
        Assert.Empty(_ledger.Records);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(0, 1_000_000)]
    [InlineData(100_000, 100)]
    public async Task Check_ThatThrows_LetsNoByteLeaveAndGivesTheConnectionUp(int headerSize, int bodySize)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var client = new HttpMessageInvoker(new SocketsHttpHandler());
        var context = new ModelCallContext(new HttpRequestMessage(HttpMethod.Post, $"http://{server.LocalEndpoint}/"), "mid", "m", Ct)
        {
            LeavingCheck = (_, _) => throw new UnknownTierException("not now"),
        };
        using HttpRequestMessage request = context.Request;
        request.Headers.Add("X-Big", new string('x', headerSize + 1));
        request.Content = new LeavingContent(new ByteArrayContent(new byte[bodySize]), context);

        Task<HttpResponseMessage> sending = client.SendAsync(request, Ct);
        using TcpClient connection = await server.AcceptTcpClientAsync(Ct).AsTask().WaitAsync(Bound, Ct);

        await Assert.ThrowsAsync<UnknownTierException>(() => sending.WaitAsync(Bound, Ct));
        Assert.False(context.IsSent);

        // The end of the connection without a byte before it: nothing left, and nobody can use it again.
        Assert.Equal(0, await connection.GetStream().ReadAsync(new byte[1], Ct).AsTask().WaitAsync(Bound, Ct));
    }

    [Fact]
    public async Task Check_ThatThrowsOnAConnectionInUse_LeavesNoBrokenConnectionBehind()
    {
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });
        async Task<HttpStatusCode> SendAsync(Func<ModelCallContext, CancellationToken, ValueTask>? check)
        {
            var context = new ModelCallContext(new HttpRequestMessage(HttpMethod.Post, $"{upstream.Endpoint}/chat/completions"), "mid", "m", Ct) { LeavingCheck = check };
            using HttpRequestMessage request = context.Request;
            request.Headers.Authorization = new("Bearer", JarvisHarness.ApiKey);
            request.Content = new LeavingContent(new StringContent("""{"model":"m","messages":[{"role":"user","content":"hello"}]}"""), context);
            using HttpResponseMessage response = await client.SendAsync(request, Ct).WaitAsync(Bound, Ct);
            await response.Content.LoadIntoBufferAsync(Ct);
            return response.StatusCode;
        }

        HttpStatusCode before = await SendAsync(check: null);
        await Assert.ThrowsAsync<UnknownTierException>(() => SendAsync((_, _) => throw new UnknownTierException("not now")));

        Assert.Equal(before, await SendAsync(check: null));
        Assert.Equal(2, upstream.RequestCount);
    }

    [Fact]
    public async Task Caller_CancelsWhileConnecting_IsRecordedAsNeverSent()
    {
        var connecting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using JarvisHarness jarvis = await StartAsync(async (_, token) =>
        {
            connecting.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            throw new InvalidOperationException();
        });
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        Task asking = ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, caller.Token);
        await connecting.Task.WaitAsync(Bound, Ct);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(Bound, Ct));
        Assert.Equal(new ExpectedCall(AiCallStatus.Cancelled, HttpStatus: null, Error: "failure=NeverSent"), ExpectedCall.Of(Assert.Single(_ledger.Records)));
    }

    [Fact]
    public async Task Request_IsTheSameOnTheWireAtEveryAttempt()
    {
        await using JarvisHarness jarvis = await StartAsync(ConnectAsync);
        jarvis.Upstream.Enqueue(SimulatedReply.Error(503, "busy"), SimulatedReply.Text("hello"));

        Assert.Equal("hello", (await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct)).Reply.Text);

        Assert.Equal(2, _ledger.Records.Count);
        SimulatedRequest[] requests = [.. jarvis.Upstream.Requests];
        Assert.Equal(requests[0].Body.GetRawText(), requests[1].Body.GetRawText());
        Assert.All(requests, request =>
        {
            Assert.Equal("application/json", request.Headers["Content-Type"]);
            Assert.True(request.Headers.ContainsKey("Content-Length"));
            Assert.False(request.Headers.ContainsKey("Transfer-Encoding"));
        });
    }

    private static async ValueTask<Stream> ConnectAsync(EndPoint to, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(to, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(context.DnsEndPoint, cancellationToken);

    private Task<JarvisHarness> StartAsync(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect) => JarvisHarness.StartAsync(register: services =>
    {
        services.AddSingleton<IAiCallLedger>(_ledger);
        services.AddHttpClient("jarvis").UseSocketsHttpHandler((handler, _) => handler.ConnectCallback = connect);
    });
}
