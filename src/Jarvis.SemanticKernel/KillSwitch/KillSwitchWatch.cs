using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>
/// Tells a guard of changes that others make, for as long as the process lives. While they cannot be heard, it has the guard read the switch as often as the cache
/// time says, so that those who only wait are reached too. Nothing waits for it: a process may end at any time. A kernel that was built on its own is never disposed,
/// so the watch holds its guard weakly and ends when nobody else holds it.
/// </summary>
internal sealed class KillSwitchWatch(IKillSwitchChanges changes, IOptions<JarvisRoutingOptions> options, TimeProvider time, ILogger<KillSwitchWatch> logger) : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    // With a cache time of zero every check reads for itself; those who only wait are served this often.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _ending = new();
    private readonly TimeSpan _pause = options.Value.KillSwitch.CacheDuration is { } cache && cache > ShortestPause ? cache : ShortestPause;
    private int _isStarted;

    /// <summary>Starts in the background, once; later calls do nothing.</summary>
    public void Start(KillSwitchGuard guard)
    {
        if (Volatile.Read(ref _isStarted) == 0 && Interlocked.Exchange(ref _isStarted, 1) == 0)
        {
            // Not in the scope, nor in the trace, of whoever happens to be first.
            CancellationToken ending = _ending.Token;
            var watched = new WeakReference<KillSwitchGuard>(guard);
            _ = Detached.Run(() => WatchAsync(watched, ending));
        }
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever ends the listening, it is begun again; the cache time bounds what is missed.")]
    private async Task WatchAsync(WeakReference<KillSwitchGuard> watched, CancellationToken ending)
    {
        if (!changes.CanBeHeard)
        {
            await LookAsync(watched, TimeSpan.MaxValue, ending).ConfigureAwait(false);
        }

        TimeSpan wait = FirstWait;
        while (true)
        {
            try
            {
                await changes.ListenAsync(
                    () =>
                    {
                        wait = FirstWait;
                        Tell(watched, static _ => { }, ending);
                    },
                    () => Tell(watched, static guard => guard.Invalidate(), ending),
                    ending).ConfigureAwait(false);
            }
            catch (Exception failure) when (!ending.IsCancellationRequested)
            {
                logger.KillSwitchNotHeard(failure.GetType().Name, wait);
                await LookAsync(watched, wait, ending).ConfigureAwait(false);
                wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            }
        }
    }

    private void Tell(WeakReference<KillSwitchGuard> watched, Action<KillSwitchGuard> what, CancellationToken ending)
    {
        if (watched.TryGetTarget(out KillSwitchGuard? guard))
        {
            what(guard);
        }
        else if (!ending.IsCancellationRequested)
        {
            _ending.Cancel();
        }
    }

    private async Task LookAsync(WeakReference<KillSwitchGuard> watched, TimeSpan length, CancellationToken ending)
    {
        for (TimeSpan left = length; left > TimeSpan.Zero; left -= _pause)
        {
            Tell(watched, static guard => guard.Look(), ending);
            await Task.Delay(left < _pause ? left : _pause, time, ending).ConfigureAwait(false);
        }
    }
}
