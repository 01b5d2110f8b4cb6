namespace Jarvis.SemanticKernel.Storage;

/// <summary>Runs a preparation until it succeeds once: one run at a time, whoever asks meanwhile waits for it, and after a failure the next one to ask starts anew.</summary>
internal sealed class ReadyOnce(Func<Task> prepareAsync)
{
    private readonly Lock _gate = new();
    private volatile Task? _run;

    public ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        if (_run is { IsCompletedSuccessfully: true })
        {
            return ValueTask.CompletedTask;
        }

        Task run;
        lock (_gate)
        {
            if (_run is null or { IsFaulted: true } or { IsCanceled: true })
            {
                // Not on the caller's token: others wait for the same run.
                _run = Task.Run(prepareAsync, CancellationToken.None);
            }

            run = _run;
        }

        return new ValueTask(run.WaitAsync(cancellationToken));
    }
}
