namespace Jarvis.SemanticKernel.Testing;

/// <summary>OpenRouter on a free port of 127.0.0.1: answers as scripted, bills exactly, and shows what reached it. Thread-safe.</summary>
/// <remarks>
/// <para>A chat completion is answered by <see cref="OnChat"/>; when that gives <see langword="null"/>, by the next reply of <see cref="Enqueue"/>; when
/// none is left, by <see cref="DefaultReply"/>. A refused key, a malformed body and, where asked for, an unknown model never reach the script.</para>
/// <para>Billing: an answer is billed once and in full as soon as its delays are over, or its client leaves during them, before its first byte is sent. Cutting it,
/// by the script or by the client, changes nothing, as with providers that do not support cancellation. An error bills nothing, also inside a 200 and
/// mid-stream, unless <see cref="SimulatedReply.WithUsage"/> gives it a usage.</para>
/// </remarks>
public sealed class OpenRouterSimulator : IAsyncDisposable
{
    private readonly ReplyScript _script = new();
    private readonly RequestLog _log;
    private readonly BillingBook _book;
    private readonly AccountEndpoint _account;
    private readonly ApiServer _server;

    private OpenRouterSimulator(OpenRouterSimulatorOptions options)
    {
        var keys = new KeyCheck(options.ApiKey, options.ManagementKey, options.NeedsKey);
        var prices = new PriceList(options);
        _log = new RequestLog(options.KeepRequests);
        _book = new BillingBook(options.KeepRequests);
        _account = new AccountEndpoint(options, keys, prices, _book);
        _server = new ApiServer(new ApiRouter(new ChatEndpoint(options, keys, prices, _script, _log, _book), _account).HandleAsync);
    }

    /// <summary>Gets the base address for clients, such as <c>http://127.0.0.1:40123/api/v1</c>, without a slash at its end.</summary>
    public Uri Endpoint => new(_server.Address, ApiRouter.BasePath);

    /// <summary>Gets or sets what is asked first for each chat completion; <see langword="null"/> from it falls through to the queue.</summary>
    /// <remarks>It is called by several requests at once. What it throws becomes a 500 whose message names the exception.</remarks>
    public Func<SimulatedRequest, SimulatedReply?>? OnChat
    {
        get => _script.OnChat;
        set => _script.OnChat = value;
    }

    /// <summary>Gets or sets what is asked first for each GET outside chat, with the path and query behind the base address, such as <c>/key</c>.</summary>
    /// <remarks>It answers with <see cref="SimulatedReply.Error"/>, another error status, or <see cref="SimulatedReply.Raw"/>; <see langword="null"/> from it
    /// gives the usual answer.</remarks>
    public Func<string, SimulatedReply?>? OnRead
    {
        get => _account.OnRead;
        set => _account.OnRead = value;
    }

    /// <summary>Gets or sets the reply when nothing is scripted.</summary>
    /// <value><see langword="null"/>, the default, repeats the last user message as text.</value>
    public SimulatedReply? DefaultReply
    {
        get => _script.DefaultReply;
        set => _script.DefaultReply = value;
    }

    /// <summary>Gets a snapshot of the chat completions that arrived, refused ones included, oldest first.</summary>
    public IReadOnlyList<SimulatedRequest> Requests => _log.Requests;

    /// <summary>Gets how many chat completions arrived.</summary>
    public int RequestCount => _log.Count;

    /// <summary>Gets a snapshot of the billed calls, oldest first.</summary>
    public IReadOnlyList<BilledCall> Billed => _book.Calls;

    /// <summary>Gets the exact sum of everything billed, own provider accounts included.</summary>
    public decimal TotalBilledUsd
    {
        get
        {
            (decimal credits, decimal upstream) = _book.Spend();
            return ExactMoney.Add(credits, upstream);
        }
    }

    /// <summary>Starts a simulator.</summary>
    /// <param name="options">How it behaves; <see langword="null"/> takes the defaults.</param>
    /// <param name="ct">Ends the start, not the simulator.</param>
    /// <returns>The running simulator.</returns>
    public static async Task<OpenRouterSimulator> StartAsync(OpenRouterSimulatorOptions? options = null, CancellationToken ct = default)
    {
        var simulator = new OpenRouterSimulator(options ?? new OpenRouterSimulatorOptions());
        try
        {
            await simulator._server.StartAsync(ct).ConfigureAwait(false);
            return simulator;
        }
        catch
        {
            await simulator.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Appends replies, one for each of the next chat completions that <see cref="OnChat"/> leaves unanswered.</summary>
    /// <param name="replies">The replies, in order.</param>
    public void Enqueue(params SimulatedReply[] replies)
    {
        ArgumentNullException.ThrowIfNull(replies);
        Array.ForEach(replies, _script.Enqueue);
    }

    /// <summary>Waits until so many chat completions arrived since the start or the last <see cref="Reset"/>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>A task that ends when each has its reply chosen and the reply's delay runs, so that a test may then move the clock.</returns>
    public Task WaitForRequestsAsync(int count, CancellationToken ct) => _log.WaitAsync(count, ct);

    /// <summary>Forgets script, requests and bills. Calls in flight go on and count after the reset when they are billed after it.</summary>
    public void Reset()
    {
        _script.Reset();
        _account.OnRead = null;
        _log.Reset();
        _book.Reset();
    }

    /// <summary>Closes all connections at once, waiting calls included, and frees the port.</summary>
    /// <returns>A task that ends when the simulator has stopped.</returns>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
