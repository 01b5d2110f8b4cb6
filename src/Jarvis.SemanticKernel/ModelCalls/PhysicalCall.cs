using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Jarvis.SemanticKernel.Diagnostics;
using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// One physical call: runs the chain, sends, and reads the answer. A streamed response is handed to the caller while the chain still waits for its end.
/// </summary>
internal sealed class PhysicalCall(
    ModelCallContext context,
    ModelCallPipeline pipeline,
    Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send,
    JarvisRoutingOptions options,
    TimeProvider time,
    ILogger logger,
    TierRequest tier,
    AttemptLimit limit) : ModelCallPipeline.Run(pipeline), ITrackedCall
{
    private const string NeverSent = "NeverSent";

    // The caller reads the stream in the continuation: run inline, it would do so on the stack that the chain needs to go on.
    private readonly TaskCompletionSource<HttpResponseMessage>? _responded =
        context.IsStreaming ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;

    private readonly TaskCompletionSource? _bodyEnded = context.IsStreaming ? new() : null;
    private Task _chain = Task.CompletedTask;
    private ModelCallStream? _body;
    private int _isAbandoned;
    private int _bodyHasEnded;
    private long _startedAt;

    public ModelCallContext Context => context;

    public ResilienceOptions Limits => options.Resilience;

    public TimeProvider Time => time;

    /// <summary>Gets the response of a streamed call, as soon as the caller may have it.</summary>
    public Task<HttpResponseMessage> Responded => _responded!.Task;

    public Task Recorded => _chain;

    /// <summary>Runs the chain to its end, which for a stream is the end of its body.</summary>
    public Task RunAsync() => _chain = context.IsStreaming ? RunStreamAsync() : ContinueAsync(context);

    public void Abandon()
    {
        Interlocked.Exchange(ref _isAbandoned, 1);
        Volatile.Read(ref _body)?.Dispose();
    }

    /// <summary>Says how the body of a stream ended, and waits until the filters are done with the call.</summary>
    public Task EndBodyAsync(AiCallStatus status, AnswerFacts facts, string? failure)
    {
        EndBody(status, facts, failure);
        return _chain;
    }

    /// <summary>Says how the body of a stream ended. Only the first word counts; false when somebody else had it.</summary>
    public bool EndBody(AiCallStatus status, AnswerFacts facts, string? failure)
    {
        if (Interlocked.Exchange(ref _bodyHasEnded, 1) != 0)
        {
            return false;
        }

        context.Error = status == AiCallStatus.Error && facts.IsError ? ModelCallErrors.Describe(facts, tier.ApiKey ?? options.ApiKey) : null;
        context.Failure = failure;
        Settle(status, facts);
        _bodyEnded!.SetResult();
        return true;
    }

    protected override async Task SendAsync(ModelCallContext call)
    {
        call.StartedAt = time.GetUtcNow();
        _startedAt = time.GetTimestamp();
        HttpResponseMessage? response = null;
        LeavingContent? leaving = LeavingContent.PutInto(call);
        AnswerEncoding.Accept(call.Request.Headers);
        try
        {
            try
            {
                response = await send(call.Request, call.CancellationToken).ConfigureAwait(false);
                call.IsSent = true;
            }
            catch (Exception e) when (leaving?.Refusal is { } refusal && refusal != e && !call.IsSent)
            {
                ExceptionDispatchInfo.Throw(refusal);
            }
            finally
            {
                leaving?.TakeOut();
            }

            call.HttpStatus = (int)response.StatusCode;
            call.GenerationId = AnswerHeaders.GenerationId(response);
            AnswerEncoding.Decode(response);
            if (call.IsStreaming && response.IsSuccessStatusCode && AnswerHeaders.IsEventStream(response))
            {
                await StreamAsync(response).ConfigureAwait(false);
            }
            else
            {
                limit.FirstByteCame();
                await BufferAsync(response).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException e) when (e.InnerException is TimeoutException && !call.CancellationToken.IsCancellationRequested)
        {
            // SocketsHttpHandler.ConnectTimeout: nobody cancelled, and nothing was sent.
            throw Failed(new HttpRequestException(HttpRequestError.ConnectionError, "The connection was not established in time.", e), whileReading: false);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or InvalidDataException || (e is ObjectDisposedException && response is not null))
        {
            response?.Dispose();
            throw Failed(e, whileReading: response is not null);
        }
        catch (Exception) when (call.IsSent)
        {
            // Of a host's own handler. The request had left, so it may have been billed.
            response?.Dispose();
            Settle(AiCallStatus.Error, null);
            throw;
        }
    }

    private async Task RunStreamAsync()
    {
        try
        {
            await ContinueAsync(context).ConfigureAwait(false);
            if (!context.IsSent)
            {
                await FilterAnswerStream.WrapAsync(context.Response!, context.CancellationToken).ConfigureAwait(false);
            }

            _responded!.TrySetResult(context.Response!);
        }
        catch (Exception e)
        {
            if (!_responded!.TrySetException(e))
            {
                // The reader of the stream gets it at the held bytes. A reader that is gone gets nothing, so it is logged too.
                logger.FilterFailedAfterStream(context.Tier, context.CallId, e.GetType().Name);
                throw;
            }
        }
    }

    // An answer in one piece is read here, so that time-outs and retries cover its body and its record is written before the caller has it.
    // Who asked for a stream would find no event in it: an empty answer.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask BufferAsync(HttpResponseMessage response)
    {
        PooledBody body = await PooledBody.ReadAsync(response.Content, context.CancellationToken).ConfigureAwait(false);
        response.Content = body;
        AnswerFacts facts = AnswerFacts.Borrow();
        bool isAnswer = AnswerReader.TryRead(body.Bytes, facts) && !facts.IsError && facts.HasChoices;
        if (response.IsSuccessStatusCode && isAnswer && !context.IsStreaming)
        {
            Settle(AiCallStatus.Ok, facts);
            context.Response = response;
        }
        else
        {
            Refuse(response, facts);
        }

        facts.GiveBack();
    }

    private async ValueTask StreamAsync(HttpResponseMessage response)
    {
        Stream upstream = await response.Content.ReadAsStreamAsync(context.CancellationToken).ConfigureAwait(false);
        (StreamHead head, SseScanner scanner) = await StreamHead.ReadAsync(upstream, context.CancellationToken).ConfigureAwait(false);
        limit.FirstByteCame();
        if (head.Signal == SseSignal.Error || (head.Signal == SseSignal.Done && !scanner.Facts.HasChoices))
        {
            Refuse(response, scanner.Facts);
            return;
        }

        if (head.Signal == SseSignal.None)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The stream ended before its first event.");
        }

        context.GenerationId ??= scanner.Facts.Id;
        var body = new ModelCallStream(this, upstream, response.Content, scanner, head);
        var content = new StreamContent(body);
        ContentHeaders.Copy(response.Content.Headers, content.Headers);
        response.Content = content;
        context.Response = response;

        // The limit of the attempt ends with the response, and from then on nothing cancels that token.
        context.CancellationToken = CancellationToken.None;
        _responded!.TrySetResult(response);
        context.OnCut = body.Cut;
        Interlocked.Exchange(ref _body, body);
        if (context.CutBy is not null)
        {
            body.Cut();
        }

        if (Volatile.Read(ref _isAbandoned) == 1)
        {
            await body.DisposeAsync().ConfigureAwait(false);
        }

        await _bodyEnded!.Task.ConfigureAwait(false);
    }

    // An error inside a 200 gets the status it names before the retry looks at it. The body goes no further: it may quote the prompt.
    private void Refuse(HttpResponseMessage response, AnswerFacts facts)
    {
        int status = (int)response.StatusCode;
        context.Error = response.IsSuccessStatusCode
            ? ModelCallErrors.Describe(facts, tier.ApiKey ?? options.ApiKey)
            : ModelCallErrors.Describe(status, facts, response.Headers, time, tier.ApiKey ?? options.ApiKey);
        context.Failure = facts.IsError || !response.IsSuccessStatusCode ? null : "MalformedAnswer";
        Settle(AiCallStatus.Error, facts);
        var refusal = new HttpResponseMessage((HttpStatusCode)context.Error.Code) { RequestMessage = response.RequestMessage, Content = new UpstreamErrorContent(context) };
        response.Dispose();
        context.Response = refusal;
    }

    private Exception Failed(Exception e, bool whileReading)
    {
        if (e is OperationCanceledException)
        {
            // Inside the retry, a caller who gave up and a time limit look alike.
            if (tier.Caller.IsCancellationRequested)
            {
                context.Failure = context.IsSent ? null : NeverSent;
                Settle(AiCallStatus.Cancelled, null);
                return e;
            }

            if (context.CutBy is { } makeException)
            {
                // Of a call that never left nothing is owed, and nothing is recorded.
                if (context.IsSent)
                {
                    context.Failure = nameof(StreamLimit.KillSwitch);
                    Settle(AiCallStatus.Cancelled, null);
                }

                return makeException();
            }

            context.Failure = tier.AllAttempts.IsCancellationRequested ? nameof(ResilienceOptions.TotalTimeout) : limit.Name;
            Settle(AiCallStatus.Timeout, null);
            return e;
        }

        HttpRequestError error = ModelCallErrors.KindOf(e);
        context.Failure = error.ToString();
        bool neverConnected = error is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError;
        Settle(neverConnected ? AiCallStatus.Error : AiCallStatus.Cut, null);
        return whileReading ? ModelCallErrors.ToException(context, e) : e;
    }

    private void Settle(AiCallStatus status, AnswerFacts? facts)
    {
        context.Status = status;
        context.Latency = time.GetElapsedTime(_startedAt);
        if (facts is not null)
        {
            context.GenerationId ??= facts.Id;
            context.Model = facts.Model;
            context.Provider = facts.Provider ?? context.Error?.ProviderName;
            context.Usage = facts.ToUsage();
            context.CacheWriteTokens = facts.CacheWriteTokens ?? 0;
            context.IsPricedByTokens = facts.IsPricedByTokens;
        }
    }
}
