namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>A pause that anybody can end. A call for its end that comes while nobody waits ends the next one at once. One waits at a time.</summary>
internal sealed class InterruptibleWait(TimeProvider time)
{
    private TaskCompletionSource _woken = Create();

    public void Wake() => Volatile.Read(ref _woken).TrySetResult();

    public async Task WaitAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task woken = Volatile.Read(ref _woken).Task;
        await Task.WhenAny(woken, Task.Delay(length, time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        if (woken.IsCompleted)
        {
            Volatile.Write(ref _woken, Create());
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
