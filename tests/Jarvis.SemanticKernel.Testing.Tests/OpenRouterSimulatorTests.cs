using System.Net;

namespace Jarvis.SemanticKernel.Testing.Tests;

public sealed class OpenRouterSimulatorTests : SimulatorTest
{
    [Fact]
    public void Endpoint_IsARealLoopbackPort()
    {
        Assert.Equal("127.0.0.1", Simulator.Endpoint.Host);
        Assert.True(Simulator.Endpoint.Port > 0);
        Assert.Equal("/api/v1", Simulator.Endpoint.AbsolutePath);
    }

    [Fact]
    public async Task Script_OnChatThenQueueThenDefaultThenEcho_AnswerInThisOrder()
    {
        Simulator.OnChat = request => request.Model == "a/on-chat" ? SimulatedReply.Text("from OnChat") : null;
        Simulator.Enqueue(SimulatedReply.Text("first"), SimulatedReply.Text("second"));

        Assert.Equal("from OnChat", await AskAsync("a/on-chat"));
        Assert.Equal("first", await AskAsync("a/b"));
        Assert.Equal("second", await AskAsync("a/b"));
        Assert.Equal("You said: When is it due?", await AskAsync("a/b"));
        Simulator.DefaultReply = SimulatedReply.Text("default");
        Assert.Equal("default", await AskAsync("a/b"));
    }

    [Fact]
    public async Task Echo_LastUserMessageInParts_IsJoined()
    {
        string answer = await Client.ChatTextAsync(
            """{"messages":[{"role":"user","content":[{"type":"text","text":"one "},{"type":"text","text":"two"}]},{"role":"assistant","content":"no"}],"tools":[]}""");

        Assert.Equal("You said: one two", ContentOf(answer));
    }

    [Fact]
    public async Task Requests_KeepWhatArrived()
    {
        await Client.ChatTextAsync("""{"models":["a/first","a/second"],"stream":true,"messages":[{"role":"user","content":"x"}],"temperature":0.5}""");

        SimulatedRequest request = Assert.Single(Simulator.Requests);
        Assert.Equal(1, Simulator.RequestCount);
        Assert.Equal("a/first", request.Model);
        Assert.True(request.IsStreaming);
        Assert.Equal("0.5", request.Body.GetProperty("temperature").GetRawText());
        Assert.Equal("Bearer sk-or-v1-test", request.Headers["authorization"]);
        Assert.Equal(Clock.GetUtcNow(), request.ArrivedAt);
        Assert.Equal(SimulatedRequestOutcome.Completed, await request.Completion);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"model\":")]
    [InlineData("[]")]
    [InlineData("{\"model\":\"a/b\"}")]
    [InlineData("{\"model\":\"a/b\",\"messages\":[]}")]
    [InlineData("{\"model\":\"a/b\",\"messages\":{}}")]
    public async Task Chat_MalformedBody_IsABadRequestThatNeverReachesTheScript(string body)
    {
        Simulator.OnChat = _ => throw new InvalidOperationException("The script was asked.");

        using HttpResponseMessage response = await Client.ChatAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await OpenRouterSchema.AssertValidAsync("BadRequestResponse", await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal(1, Simulator.RequestCount);
    }

    [Fact]
    public async Task OnChat_Throws_TellsTheClientWhat()
    {
        Simulator.OnChat = _ => throw new InvalidOperationException("No reply for this one.");

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request());

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("InvalidOperationException: No reply for this one.", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        await Simulator.WaitForRequestsAsync(1, Ct);
    }

    [Fact]
    public async Task Chat_WithoutKey_IsUnauthorized()
    {
        using var anonymous = new SimulatorClient(Simulator, key: null);

        using HttpResponseMessage response = await anonymous.ChatAsync(SimulatorClient.Request());

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("""{"error":{"message":"Missing Authentication header","code":401}}""", await response.Content.ReadAsStringAsync(Ct));
    }

    [Theory]
    [InlineData("the-key", HttpStatusCode.OK)]
    [InlineData("another", HttpStatusCode.Unauthorized)]
    public async Task Chat_OneAcceptedKey_RefusesOthers(string key, HttpStatusCode expected)
    {
        await using OpenRouterSimulator strict = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { ApiKey = "the-key" }, Ct);
        using var client = new SimulatorClient(strict, key);

        using HttpResponseMessage response = await client.ChatAsync(SimulatorClient.Request());

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Chat_UnknownModelAsError_IsInvalidModel()
    {
        await using OpenRouterSimulator strict = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { UnknownModelIsError = true }, Ct);
        using var client = new SimulatorClient(strict);

        using HttpResponseMessage known = await client.ChatAsync(SimulatorClient.Request());
        using HttpResponseMessage unknown = await client.ChatAsync(SimulatorClient.Request("acme/fake"));

        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Fact]
    public async Task KeepRequests_Off_CountsWithoutKeeping()
    {
        await using OpenRouterSimulator lean = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { KeepRequests = false }, Ct);
        lean.DefaultReply = SimulatedReply.Text("x").WithUsage(10, 5, "0.25");
        using var client = new SimulatorClient(lean);

        await client.ChatTextAsync();
        await client.ChatTextAsync();

        Assert.Equal(2, lean.RequestCount);
        Assert.Equal(0.5m, lean.TotalBilledUsd);
        Assert.Empty(lean.Requests);
        Assert.Empty(lean.Billed);
    }

    [Fact]
    public async Task WaitForRequests_FewerThanAsked_WaitsUntilCancelled()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await Client.ChatTextAsync();

        Task wait = Simulator.WaitForRequestsAsync(2, cancel.Token);
        Assert.False(wait.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await Simulator.WaitForRequestsAsync(1, Ct);
    }

    [Fact]
    public async Task Reset_ForgetsScriptRequestsAndBills()
    {
        Simulator.Enqueue(SimulatedReply.Text("x"), SimulatedReply.Text("never"));
        await Client.ChatTextAsync();

        Simulator.Reset();

        Assert.Equal(0, Simulator.RequestCount);
        Assert.Empty(Simulator.Requests);
        Assert.Empty(Simulator.Billed);
        Assert.Equal(0m, Simulator.TotalBilledUsd);
        Assert.StartsWith("You said", await AskAsync("a/b"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_CallAtAShutGate_EndsTheCall()
    {
        OpenRouterSimulator other = await OpenRouterSimulator.StartAsync(ct: Ct);
        using var client = new SimulatorClient(other);
        other.Enqueue(SimulatedReply.Text("x").WaitFor(new TaskCompletionSource().Task));
        Task<HttpResponseMessage> call = client.ChatAsync(SimulatorClient.Request());
        await other.WaitForRequestsAsync(1, Ct);

        await other.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => call);
    }

    private static string ContentOf(string body) =>
        Parse(body).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;

    private async Task<string> AskAsync(string model) => ContentOf(await Client.ChatTextAsync(SimulatorClient.Request(model)));
}
