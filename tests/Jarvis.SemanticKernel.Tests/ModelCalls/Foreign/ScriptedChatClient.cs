using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Jarvis.SemanticKernel.Tests.ModelCalls.Foreign;

/// <summary>A chat client of somebody else, without any HTTP.</summary>
internal sealed class ScriptedChatClient : IChatClient
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public string[] Pieces { get; init; } = ["an ", "answer ", "in pieces"];

    public UsageDetails? Usage { get; init; } = new() { InputTokenCount = 1000, OutputTokenCount = 20, CachedInputTokenCount = 100, ReasoningTokenCount = 5 };

    public Exception? Failure { get; init; }

    /// <summary>What is waited for before the answer, or after the first piece of a stream.</summary>
    public Task Gate { get; init; } = Task.CompletedTask;

    /// <summary>Gets a value indicating whether waiting ends with the caller's token.</summary>
    public bool IsPolite { get; init; } = true;

    /// <summary>Completes when the gate is waited at.</summary>
    public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        await WaitAsync(cancellationToken);
        return Failure is not null ? throw Failure
            : new ChatResponse(new ChatMessage(ChatRole.Assistant, string.Concat(Pieces))) { ResponseId = "resp-1", ModelId = "own-model-0611", Usage = Usage };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        try
        {
            for (int i = 0; i < Pieces.Length; i++)
            {
                if (i == 1)
                {
                    await WaitAsync(cancellationToken);
                    if (Failure is not null)
                    {
                        throw Failure;
                    }
                }

                yield return new ChatResponseUpdate(ChatRole.Assistant, Pieces[i]) { ResponseId = "resp-1", ModelId = "own-model-0611" };
            }

            if (Usage is not null)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(Usage)]);
            }
        }
        finally
        {
            Ended.TrySetResult();
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("acme", null, "own-model") : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private Task WaitAsync(CancellationToken cancellationToken)
    {
        Arrived.TrySetResult();
        return IsPolite ? Gate.WaitAsync(cancellationToken) : Gate;
    }
}
