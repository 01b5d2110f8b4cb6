using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>A watch's background loop: started once, ended with the container. Nothing waits for it: a process may end at any time.</summary>
internal abstract class WatchLoop(IOptions<JarvisRoutingOptions> options, TimeProvider time) : IKillSwitchWatch, IDisposable
{
    // With a cache time of zero every check reads for itself; those who only wait are served this often.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _ending = new();
    private int _isStarted;

    /// <summary>Gets how long those who only wait for a change may have to wait while it cannot be heard.</summary>
    protected TimeSpan Pause { get; } = options.Value.KillSwitch.CacheDuration is { } cache && cache > ShortestPause ? cache : ShortestPause;

    protected TimeProvider Time => time;

    public void Start(KillSwitchGuard guard)
    {
        if (Interlocked.Exchange(ref _isStarted, 1) == 0)
        {
            // Not in the scope, nor in the trace, of whoever happens to be first.
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(() => WatchAsync(guard, _ending.Token));
            }
        }
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Watches until the token is cancelled. What it throws then is of no interest.</summary>
    protected abstract Task WatchAsync(KillSwitchGuard guard, CancellationToken ending);

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ending.Cancel();
            _ending.Dispose();
        }
    }
}
