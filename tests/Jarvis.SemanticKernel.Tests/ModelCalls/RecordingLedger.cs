using System.Collections.Concurrent;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>Keeps the records; can be made to wait or to fail.</summary>
internal sealed class RecordingLedger : IAiCallLedger
{
    private readonly ConcurrentQueue<AiCallRecord> _records = new();
    private readonly TaskCompletionSource<AiCallRecord> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<AiCallRecord> Records => [.. _records];

    /// <summary>Completes with the first record that was handed in, durable or not.</summary>
    public Task<AiCallRecord> Asked => _asked.Task;

    /// <summary>What has to happen before a record counts as durable.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public bool Fails { get; set; }

    public async Task AppendAsync(AiCallRecord record)
    {
        _asked.TrySetResult(record);
        await Gate;
        if (Fails)
        {
            throw new LedgerException("The disk is full.", record, null);
        }

        _records.Enqueue(record);
    }
}
