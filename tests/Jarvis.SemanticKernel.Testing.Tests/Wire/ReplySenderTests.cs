using System.Net.Sockets;
using System.Text;

namespace Jarvis.SemanticKernel.Testing.Tests;

public sealed class ReplySenderTests : SimulatorTest
{
    private const string Words = "some words to be cut in the middle of it all";
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 300)]
    [InlineData(false, 0)]
    [InlineData(false, 57)]
    public async Task CutAfterBytes_OnTheWire_LeavesExactlySoManyBytes(bool stream, int bytes)
    {
        Simulator.Enqueue(SimulatedReply.Text(Words).CutAfterBytes(bytes));

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request(stream: stream));
        (byte[] read, bool isCut) = await ReadToEndAsync(response);

        Assert.True(isCut);
        Assert.Equal(bytes, read.Length);
        Assert.Equal(SimulatedRequestOutcome.CutByScript, await Simulator.Requests[0].Completion);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cut_BeyondTheBody_SendsItWhole(bool stream)
    {
        Simulator.Enqueue(SimulatedReply.Text(Words).CutAfterBytes(100_000).CutAfterChunks(100).EndAfterChunks(100));

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request(stream: stream));
        (byte[] read, bool isCut) = await ReadToEndAsync(response);

        Assert.False(isCut);
        Assert.EndsWith(stream ? "data: [DONE]\n\n" : "}}}", Encoding.UTF8.GetString(read), StringComparison.Ordinal);
        Assert.Equal(SimulatedRequestOutcome.Completed, await Simulator.Requests[0].Completion);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task CutAfterChunks_Stream_LeavesWholeChunksAndBreaksTheConnection(int chunks)
    {
        Simulator.Enqueue(SimulatedReply.Text(Words).CutAfterChunks(chunks));

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request(stream: true));
        (byte[] read, bool isCut) = await ReadToEndAsync(response);

        Assert.True(isCut);
        Assert.Equal(chunks, ChunksOf(Encoding.UTF8.GetString(read)).Count);
    }

    // openai, @openrouter/sdk and ai-sdk all take this for success; only the missing usage tells.
    [Fact]
    public async Task EndAfterChunks_Stream_EndsWithoutTerminatorOnAWholeConnection()
    {
        Simulator.Enqueue(SimulatedReply.Text(Words).EndAfterChunks(2));

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request(stream: true));
        (byte[] read, bool isCut) = await ReadToEndAsync(response);

        Assert.False(isCut);
        Assert.Equal(2, EventsOf(Encoding.UTF8.GetString(read)).Count);
        Assert.Equal(SimulatedRequestOutcome.CutByScript, await Simulator.Requests[0].Completion);
        Assert.Single(Simulator.Billed);
    }

    [Fact]
    public async Task CutBeforeHeaders_Answer_GivesNoResponseAndIsBilled()
    {
        Simulator.Enqueue(SimulatedReply.Text(Words).CutBeforeHeaders());

        await Assert.ThrowsAsync<HttpRequestException>(() => Client.ChatAsync(SimulatorClient.Request()));

        Assert.Single(Simulator.Billed);
    }

    [Fact]
    public async Task PauseAfterChunk_ShutGate_LetsTheClientReadSoFarAndNoFurther()
    {
        Simulator.Enqueue(SimulatedReply.Text(Words).PauseAfterChunk(2, _gate.Task));

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request(stream: true));
        await using Stream body = await response.Content.ReadAsStreamAsync(Ct);
        using var reader = new StreamReader(body);
        int chunks = 0;
        while (chunks < 2)
        {
            chunks += (await reader.ReadLineAsync(Ct))!.StartsWith("data: ", StringComparison.Ordinal) ? 1 : 0;
        }

        Task<string> rest = reader.ReadToEndAsync(Ct);
        Assert.False(Simulator.Requests[0].Completion.IsCompleted);
        _gate.SetResult();
        Assert.Contains("[DONE]", await rest, StringComparison.Ordinal);
        Assert.Equal(SimulatedRequestOutcome.Completed, await Simulator.Requests[0].Completion);
    }

    [Fact]
    public async Task WaitFor_ShutGate_HoldsTheHeaders()
    {
        Simulator.Enqueue(SimulatedReply.Text(Words).WaitFor(_gate.Task));

        Task<HttpResponseMessage> call = Client.ChatAsync(SimulatorClient.Request());
        await Simulator.WaitForRequestsAsync(1, Ct);

        Assert.Empty(Simulator.Billed);
        Assert.False(call.IsCompleted);
        _gate.SetException(new InvalidOperationException("How a gate ends does not matter."));
        using HttpResponseMessage response = await call;
        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task After_Delay_IsMeasuredByTheClock()
    {
        Simulator.Enqueue(SimulatedReply.Text(Words).After(TimeSpan.FromMinutes(3)));

        Task<HttpResponseMessage> call = Client.ChatAsync(SimulatorClient.Request());
        await Simulator.WaitForRequestsAsync(1, Ct);
        Clock.Advance(TimeSpan.FromMinutes(3) - TimeSpan.FromTicks(1));
        Assert.Empty(Simulator.Billed);
        Clock.Advance(TimeSpan.FromTicks(1));

        using HttpResponseMessage response = await call;
        Assert.Equal(Clock.GetUtcNow(), Assert.Single(Simulator.Billed).BilledAt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InPiecesOf_OneByte_ArrivesWhole(bool stream)
    {
        Simulator.Enqueue(SimulatedReply.Text("Grüße 🙂 an alle in Zürich").InPiecesOf(1));

        string body = await Client.ChatTextAsync(SimulatorClient.Request(stream: stream));

        string content = stream
            ? string.Concat(ChunksOf(body).Select(chunk => DeltaOf(chunk).GetProperty("content").GetString()))
            : Parse(body).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
        Assert.Equal("Grüße 🙂 an alle in Zürich", content);
    }

    // Over a bare socket, because HttpClient may join what arrived in pieces: each piece is a chunk of the transfer encoding.
    [Fact]
    public async Task InPiecesOf_SevenBytes_AreWrittenOneByOne()
    {
        Simulator.Enqueue(SimulatedReply.Text("short").InPiecesOf(7));
        byte[] body = Encoding.UTF8.GetBytes(SimulatorClient.Request(stream: true));
        byte[] head = Encoding.UTF8.GetBytes(
            $"POST /api/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n");

        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", Simulator.Endpoint.Port, Ct);
        NetworkStream network = socket.GetStream();
        await network.WriteAsync((byte[])[.. head, .. body], Ct);
        using var reader = new StreamReader(network);
        string answer = await reader.ReadToEndAsync(Ct);

        Assert.Contains("\r\n\r\n7\r\n: OPENR\r\n7\r\nOUTER P\r\n7\r\nROCESSI\r\n4\r\nNG\n\n\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Completion_ClientLeavesDuringAWait_IsClientClosedAndBilled(bool stream)
    {
        Simulator.Enqueue(SimulatedReply.Text(Words).WaitFor(_gate.Task));
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        Task<HttpResponseMessage> call = Client.ChatUntilAsync(SimulatorClient.Request(stream: stream), leave.Token);
        await Simulator.WaitForRequestsAsync(1, Ct);
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(SimulatedRequestOutcome.ClientClosed, await Simulator.Requests[0].Completion.WaitAsync(Ct));
        Assert.Single(Simulator.Billed);
    }

    [Fact]
    public async Task Completion_ClientLeavesMidStream_IsClientClosed()
    {
        Simulator.Enqueue(SimulatedReply.Text(Words).PauseAfterChunk(1, _gate.Task));

        using (await Client.ChatAsync(SimulatorClient.Request(stream: true)))
        {
            Assert.False(Simulator.Requests[0].Completion.IsCompleted);
            Assert.Null(Simulator.Requests[0].EndedAt);
        }

        Assert.Equal(SimulatedRequestOutcome.ClientClosed, await Simulator.Requests[0].Completion.WaitAsync(Ct));
        Assert.InRange(Simulator.Requests[0].EndedAt!.Value, Simulator.Requests[0].ArrivedAt, TimeProvider.System.GetUtcNow());
    }

    private static async Task<(byte[] Read, bool IsCut)> ReadToEndAsync(HttpResponseMessage response)
    {
        using var read = new MemoryStream();
        await using Stream body = await response.Content.ReadAsStreamAsync(Ct);
        byte[] buffer = new byte[256];
        try
        {
            for (int count = await body.ReadAsync(buffer, Ct); count > 0; count = await body.ReadAsync(buffer, Ct))
            {
                await read.WriteAsync(buffer.AsMemory(0, count), Ct);
            }

            return (read.ToArray(), false);
        }
        catch (IOException)
        {
            return (read.ToArray(), true);
        }
    }
}
