using Jarvis.SemanticKernel.Ledger;

namespace Jarvis.SemanticKernel.Tests.Ledger;

/// <summary>A store in memory whose commits end when the test says so.</summary>
internal sealed class FakeAiCallStore : IAiCallStore
{
    private readonly Lock _gate = new();
    private readonly List<Commit> _commits = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inFlight;

    public int MaxConcurrentBatches { get; init; } = 2;

    /// <summary>Ends a commit at once instead of leaving it to the test: null for success, or how it fails.</summary>
    public Func<IReadOnlyList<AiCallRecord>, Exception?>? OnCommit { get; init; }

    /// <summary>Runs where the store does its work, before it waits for anything.</summary>
    public Action? OnAppend { get; init; }

    /// <summary>Holds every commit until it completes, where the test sets it.</summary>
    public TaskCompletionSource? Opening { get; init; }

    public Func<Exception, bool> Refuses { get; init; } = _ => false;

    public int MostInFlight { get; private set; }

    public int InFlight => Volatile.Read(ref _inFlight);

    public IReadOnlyList<Commit> Commits
    {
        get
        {
            lock (_gate)
            {
                return [.. _commits];
            }
        }
    }

    public bool IsRefusal(Exception exception) => Refuses(exception);

    public async ValueTask AppendAsync(IReadOnlyList<AiCallRecord> batch, CancellationToken cancellationToken)
    {
        Assert.False(cancellationToken.CanBeCanceled);
        OnAppend?.Invoke();
        Commit commit = new(batch);
        TaskCompletionSource changed;
        lock (_gate)
        {
            _commits.Add(commit);
            MostInFlight = Math.Max(MostInFlight, ++_inFlight);
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
        try
        {
            if (Opening is not null)
            {
                await Opening.Task;
            }

            if (OnCommit is null)
            {
                await commit.Ending.Task;
            }
            else if (OnCommit(batch) is { } failure)
            {
                throw failure;
            }
        }
        finally
        {
            lock (_gate)
            {
                _inFlight--;
            }
        }
    }

    public async Task WaitForCommitsAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_commits.Count >= count)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        }
    }

    public sealed record Commit(IReadOnlyList<AiCallRecord> Batch)
    {
        public TaskCompletionSource Ending { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
