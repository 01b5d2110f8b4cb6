using System.Net;
using System.Text;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.ModelCalls;
using Jarvis.SemanticKernel.Routing;
using Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>One physical call through the real handlers, without retry and network: fast enough for every byte position of a body.</summary>
internal sealed class InMemoryCall(bool isStreaming, Func<CancellationToken, Task<HttpResponseMessage>> upstream) : IDisposable
{
    public const string Tier = "mid";
    public const string Model = "anthropic/claude-sonnet-4.5";

    private readonly HttpRequestMessage _request = new(HttpMethod.Post, "https://upstream.invalid/api/v1/chat/completions");
    private readonly Func<CancellationToken, Task<HttpResponseMessage>> _upstream = upstream;
    private readonly JarvisRoutingOptions _options = new();
    private HttpMessageInvoker? _client;

    public RecordingLedger Ledger { get; init; } = new();

    public ResilienceOptions Limits => _options.Resilience;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public IReadOnlyList<IModelCallFilter> Filters { get; init; } = [];

    public int RequestCount { get; private set; }

    public static InMemoryCall OfBody(byte[] body, string mediaType = "application/json", int status = 200) => new(isStreaming: false, _ => Task.FromResult(Answer(new ByteArrayContent(body), mediaType, status)));

    public static InMemoryCall OfStream(string events) => OfStream(new PiecedStream([Encoding.UTF8.GetBytes(events)]));

    public static InMemoryCall OfStream(Stream body) => new(isStreaming: true, _ => Task.FromResult(StreamAnswer(body)));

    public static HttpResponseMessage StreamAnswer(Stream body) => Answer(new StreamContent(body), "text/event-stream", 200);

    public static HttpResponseMessage Answer(HttpContent content, string mediaType, int status)
    {
        content.Headers.ContentType = new(mediaType);
        return new HttpResponseMessage((HttpStatusCode)status) { Content = content };
    }

    /// <summary>Sends; the response is what the chat connector gets.</summary>
    public Task<HttpResponseMessage> SendAsync(CancellationToken cancellationToken)
    {
        _client ??= new HttpMessageInvoker(new RetryHandler(new ResilienceOptions { MaxRetries = 0 }, Time, NullLogger.Instance)
        {
            InnerHandler = new ModelCallHandler(
                new ModelCallPipeline([.. Filters, new AiCallLogFilter(Ledger, new RecordBacklog(), NoCallIntents.Instance, WorkerUnderTest.Idle())]), Options.Create(_options), Time, NullLogger<ModelCallHandler>.Instance)
            {
                InnerHandler = new Network(this),
            },
        });
        new TierRequest(new TierTarget(Tier, Model), LogicalCall.Create(Tier, Model, CallAttribution.None, isStreaming)) { Caller = cancellationToken }.StampOn(_request);
        return _client.SendAsync(_request, cancellationToken);
    }

    /// <summary>Sends and reads to the end.</summary>
    public async Task<WireResult> RunAsync(CancellationToken cancellationToken, int readSize = 16 * 1024)
    {
        using var delivered = new MemoryStream();
        Exception? failure = null;
        try
        {
            using HttpResponseMessage response = await SendAsync(cancellationToken);
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
            byte[] buffer = new byte[readSize];
            for (int count; (count = await body.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                delivered.Write(buffer, 0, count);
            }
        }
        catch (Exception e) when (e is ModelCallException or OperationCanceledException or LedgerException or KillSwitchActiveException)
        {
            failure = e;
        }

        return new WireResult(delivered.ToArray(), failure, Ledger.Records);
    }

    public void Dispose()
    {
        _client?.Dispose();
        _request.Dispose();
    }

    private sealed class Network(InMemoryCall call) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            call.RequestCount++;
            return call._upstream(cancellationToken);
        }
    }
}
