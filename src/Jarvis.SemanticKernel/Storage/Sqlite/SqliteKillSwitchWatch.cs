using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>SQLite tells nobody in another process of a change, so the switch is read as often as the cache time says, also when nobody asks.</summary>
internal sealed class SqliteKillSwitchWatch(IOptions<JarvisRoutingOptions> options, TimeProvider time) : WatchLoop(options, time)
{
    protected override async Task WatchAsync(KillSwitchGuard guard, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            await Task.Delay(Pause, Time, ending).ConfigureAwait(false);
            guard.Look();
        }
    }
}
