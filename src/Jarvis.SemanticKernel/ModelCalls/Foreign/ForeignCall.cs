using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace Jarvis.SemanticKernel.ModelCalls.Foreign;

/// <summary>A call of a chat client that is not ours, on its way through the handlers beside the request that stands for it.</summary>
/// <param name="provider">Who serves it, as the client says.</param>
internal sealed class ForeignCall(string? provider)
{
    private static readonly HttpRequestOptionsKey<ForeignCall> Key = new("Jarvis.ForeignCall");

    public string? Provider => provider;

    /// <summary>Gets what asks for an answer in one piece; null for a stream.</summary>
    public Func<CancellationToken, Task<ChatResponse>>? Ask { get; init; }

    /// <summary>Gets what asks for a stream; null for an answer in one piece.</summary>
    public Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>>? Stream { get; init; }

    /// <summary>Gets or sets the answer.</summary>
    public ChatResponse? Answer { get; set; }

    /// <summary>Gets the pieces of the stream whose events the reader has or is about to get.</summary>
    public ConcurrentQueue<ChatResponseUpdate> Updates { get; } = new();

    /// <summary>Gets or sets the response that stands for the answer; a filter may have put another in its place.</summary>
    public HttpResponseMessage? Response { get; set; }

    /// <summary>Gets or sets what the client threw, where the handlers were told something that they understand instead.</summary>
    public Exception? Failure { get; set; }

    public static ForeignCall Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out ForeignCall? call) ? call
        : throw new InvalidOperationException("A request without its call.");

    public void StampOn(HttpRequestMessage request) => request.Options.Set(Key, this);
}
