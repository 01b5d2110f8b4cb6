namespace Jarvis.SemanticKernel.Testing;

/// <summary>The chat completions that arrived. Thread-safe.</summary>
internal sealed class RequestLog(bool keepsRequests)
{
    private readonly Lock _lock = new();
    private readonly List<SimulatedRequest> _requests = [];
    private readonly List<(int Count, TaskCompletionSource Signal)> _waiters = [];
    private int _announced;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public IReadOnlyList<SimulatedRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return _requests.ToArray();
            }
        }
    }

    public void Add(SimulatedRequest request)
    {
        lock (_lock)
        {
            _count++;
            if (keepsRequests)
            {
                _requests.Add(request);
            }
        }
    }

    /// <summary>Lets the waiters know of one more request. Later than <see cref="Add"/>: its delay already runs, so a test may move the clock.</summary>
    public void Announce()
    {
        lock (_lock)
        {
            _announced++;
            foreach ((int count, TaskCompletionSource signal) in _waiters)
            {
                if (count <= _announced)
                {
                    signal.TrySetResult();
                }
            }

            _waiters.RemoveAll(waiter => waiter.Count <= _announced);
        }
    }

    public async Task WaitAsync(int count, CancellationToken ct)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_announced >= count)
            {
                return;
            }

            _waiters.Add((count, signal));
        }

        await signal.Task.WaitAsync(ct).ConfigureAwait(false);
    }

    public void Reset()
    {
        lock (_lock)
        {
            _count = 0;
            _announced = 0;
            _requests.Clear();
        }
    }
}
