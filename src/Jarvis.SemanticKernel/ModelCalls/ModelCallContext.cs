using Jarvis.SemanticKernel.Diagnostics;
using Jarvis.SemanticKernel.ModelCalls;
using Jarvis.SemanticKernel.Routing;

namespace Jarvis.SemanticKernel;

/// <summary>One physical model call on its way through the filters. Not thread-safe.</summary>
public sealed class ModelCallContext
{
    private Func<Exception>? _cutBy;

    internal ModelCallContext(HttpRequestMessage request, string tier, string requestedModel, CancellationToken cancellationToken)
    {
        Request = request;
        Tier = tier;
        RequestedModel = requestedModel;
        CancellationToken = cancellationToken;
    }

    /// <summary>Gets the id of this call, made before it leaves. A retry is another call.</summary>
    public Guid CallId { get; } = TimeOrderedId.New();

    /// <summary>Gets the tier that serves the call.</summary>
    public string Tier { get; }

    /// <summary>Gets the model asked for.</summary>
    public string RequestedModel { get; }

    /// <summary>Gets which attempt this is, 1 for the first.</summary>
    public int Attempt { get; internal init; } = 1;

    /// <summary>Gets a value indicating whether the caller asked for a stream.</summary>
    public bool IsStreaming { get; internal init; }

    /// <summary>Gets what the call is for.</summary>
    public CallAttribution Attribution { get; internal init; } = CallAttribution.None;

    /// <summary>Gets the request. Its body holds the prompt and its headers the key: keep both out of logs.</summary>
    public HttpRequestMessage Request { get; }

    /// <summary>
    /// Gets the token that cancels the sending. A running stream ends by its reader's token instead, so once a streamed response was handed over, and with it after
    /// <c>next</c>, this one is <see cref="CancellationToken.None"/>.
    /// </summary>
    public CancellationToken CancellationToken { get; internal set; }

    /// <summary>Gets or sets the response. A filter that does not continue answers with it; nothing is sent and nothing recorded then.</summary>
    public HttpResponseMessage? Response { get; set; }

    /// <summary>Gets a value indicating whether the request began to leave: its connection stood, and from then on it may be billed.</summary>
    public bool IsSent { get; internal set; }

    /// <summary>Gets when the request was handed to the network, which may have to connect first, UTC.</summary>
    public DateTimeOffset StartedAt { get; internal set; }

    /// <summary>Gets the time from <see cref="StartedAt"/> to the end of the body.</summary>
    public TimeSpan Latency { get; internal set; }

    /// <summary>Gets what became of the call, or <see langword="null"/>: before <c>next</c>, and for a call that was never made because a filter answered or threw.</summary>
    public AiCallStatus? Status { get; internal set; }

    /// <summary>Gets the status code on the wire, or <see langword="null"/> when no response came.</summary>
    public int? HttpStatus { get; internal set; }

    /// <summary>Gets the upstream's id of the call, or <see langword="null"/>. Known from the response's headers on.</summary>
    public string? GenerationId
    {
        get;
        internal set
        {
            field = value;
            if (value is not null)
            {
                GenerationIdKnown?.Invoke(value);
            }
        }
    }

    /// <summary>Gets the model that answered, or <see langword="null"/>.</summary>
    public string? Model { get; internal set; }

    /// <summary>Gets the provider that answered, or <see langword="null"/>.</summary>
    public string? Provider { get; internal set; }

    /// <summary>Gets tokens and cost, or <see langword="null"/> when the upstream did not report any.</summary>
    public ModelCallUsage? Usage { get; internal set; }

    /// <summary>Gets or sets the tokens of the prompt that were written to a cache.</summary>
    internal int CacheWriteTokens { get; set; }

    /// <summary>Gets or sets a value indicating whether a price list tells what the tokens cost; null when the answer leaves that open.</summary>
    internal bool? IsPricedByTokens { get; set; }

    /// <summary>Gets the upstream's error, or <see langword="null"/>.</summary>
    public ModelCallError? Error { get; internal set; }

    /// <summary>Gets a word for a failure that the upstream did not name, such as <c>ConnectionError</c>, or <see langword="null"/>.</summary>
    public string? Failure { get; internal set; }

    /// <summary>Gets the instant of the body's end.</summary>
    internal DateTimeOffset EndedAt => StartedAt + Latency;

    /// <summary>Gets a value indicating whether somebody else than the endpoint of the package serves the call, of whom nothing can be asked afterwards.</summary>
    internal bool IsServedElsewhere { get; init; }

    /// <summary>Gets what tokens cost there; null when nobody said.</summary>
    internal TierPrices? Prices { get; init; }

    /// <summary>Gets the call of a chat service or client that this one is part of; null when it is not known.</summary>
    internal LogicalCall? Call { get; init; }

    /// <summary>Gets a value indicating whether the record is another's: a chat client that is not ours passed the call on to a tier.</summary>
    internal bool IsRecordedInside => Call is { IsForeign: true, HasCallInside: true };

    /// <summary>Gets or sets what has to pass when the connection stands and nothing has left yet.</summary>
    internal Func<ModelCallContext, CancellationToken, ValueTask>? LeavingCheck { get; set; }

    /// <summary>Gets or sets what hears of <see cref="GenerationId"/>, long before the call is over.</summary>
    internal Action<string>? GenerationIdKnown { get; set; }

    /// <summary>Gets what makes the exception of a call that was cut from outside; null while it was not.</summary>
    internal Func<Exception>? CutBy => Volatile.Read(ref _cutBy);

    /// <summary>Gets what the token is cancelled by that the call is sent with; null when nobody can.</summary>
    internal AttemptLimit? Limit { get; init; }

    /// <summary>Gets or sets what ends a stream that was handed over.</summary>
    internal Action? OnCut { get; set; }

    /// <summary>Ends the sending, or the reading of an answer in one piece.</summary>
    internal void CancelSending() => Limit?.Cancel();

    /// <summary>
    /// Ends the call from outside, on any thread. A stream that was handed over ends at once, unless its answer is whole already; before that, the token that the call is sent
    /// with has to be cancelled too.
    /// </summary>
    internal void Cut(Func<Exception> makeException)
    {
        if (Interlocked.CompareExchange(ref _cutBy, makeException, null) is null)
        {
            OnCut?.Invoke();
        }
    }
}
