using Jarvis.SemanticKernel.Ledger;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

/// <summary>A store in memory that keeps each call once, and fails as the test says.</summary>
internal sealed class MemoryStore : IAiCallStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, AiCallRecord> _calls = [];
    private readonly HashSet<Guid> _offered = [];
    private int _attempts;
    private int _repeated;

    public int MaxConcurrentBatches { get; init; } = 2;

    /// <summary>How an attempt fails; null when it does not. Asked before anything is kept.</summary>
    public Func<IReadOnlyList<AiCallRecord>, Exception?> Fails { get; set; } = _ => null;

    /// <summary>What an attempt waits for before it ends.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>How many calls were handed in that were there already.</summary>
    public int Repeated => Volatile.Read(ref _repeated);

    /// <summary>How many calls were handed in, kept or not.</summary>
    public int Offered
    {
        get
        {
            lock (_gate)
            {
                return _offered.Count;
            }
        }
    }

    public IReadOnlyList<AiCallRecord> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls.Values];
            }
        }
    }

    public bool IsRefusal(Exception exception) => exception is FormatException;

    public async ValueTask AppendAsync(IReadOnlyList<AiCallRecord> batch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        lock (_gate)
        {
            _offered.UnionWith(batch.Select(record => record.CallId));
        }

        await Gate;
        lock (_gate)
        {
            if (Fails(batch) is { } failure)
            {
                throw failure;
            }

            foreach (AiCallRecord record in batch)
            {
                _repeated += _calls.TryAdd(record.CallId, record) ? 0 : 1;
            }
        }
    }
}
