using Jarvis.SemanticKernel.Diagnostics;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>
/// Has the folder looked through at first use, every minute, and with growing waits while there is something to bring in. A kernel that was built on its own is never
/// disposed, so the watch holds the recovery weakly and ends when nobody else holds it.
/// </summary>
internal sealed class JournalWatch : IDisposable
{
    public static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _end = new();
    private readonly CancellationToken _ending;
    private readonly TimeProvider _time;
    private volatile TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isStarted;

    public JournalWatch(TimeProvider time) => (_time, _ending) = (time, _end.Token);

    /// <summary>Starts in the background, once; later calls do nothing.</summary>
    public void Start(JournalRecovery recovery)
    {
        if (Volatile.Read(ref _isStarted) == 0 && Interlocked.Exchange(ref _isStarted, 1) == 0)
        {
            var watched = new WeakReference<JournalRecovery>(recovery);
            _ = Detached.Run(() => WatchAsync(watched));
        }
    }

    /// <summary>Says that there is something to bring in.</summary>
    public void Wake() => _woken.TrySetResult();

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    private static async Task<bool?> LookAsync(WeakReference<JournalRecovery> watched) =>
        watched.TryGetTarget(out JournalRecovery? recovery) ? await recovery.LookAsync().ConfigureAwait(false) : null;

    private async Task WatchAsync(WeakReference<JournalRecovery> watched)
    {
        TimeSpan wait = FirstWait;
        while (!_ending.IsCancellationRequested && await LookAsync(watched).ConfigureAwait(false) is { } isDone)
        {
            if (isDone)
            {
                wait = FirstWait;
                await Task.WhenAny(_woken.Task, Task.Delay(Pause, _time, _ending)).ConfigureAwait(false);
                if (!_woken.Task.IsCompleted)
                {
                    _ending.ThrowIfCancellationRequested();
                    continue;
                }

                _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await Task.Delay(wait, _time, _ending).ConfigureAwait(false);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }
}
