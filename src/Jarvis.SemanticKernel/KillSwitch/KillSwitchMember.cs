using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>What a container brings to the hub of its database: its guard, its way to listen and, if it calls models, its way to write the heartbeat.</summary>
internal sealed class KillSwitchMember : IAsyncDisposable, IDisposable
{
    // With a cache time of zero every check reads for itself; those who only wait are served this often.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private readonly KillSwitchHub _hub;
    private long _version = -1;

    public KillSwitchMember(KillSwitchHub hub, IKillSwitchChanges changes, IProcessStore? heartbeats, KillSwitchOptions options, ILogger<KillSwitchMember> logger)
    {
        (_hub, Changes, Heartbeats, Logger) = (hub, changes, heartbeats, logger);
        Pause = options.CacheDuration > ShortestPause ? options.CacheDuration : ShortestPause;
        hub.Add(this);
    }

    public KillSwitchGuard? Guard { get; private set; }

    public IKillSwitchChanges Changes { get; }

    /// <summary>Gets where the heartbeat is written; null when this container needs none.</summary>
    public IProcessStore? Heartbeats { get; }

    public ILogger Logger { get; }

    /// <summary>Gets how often the switch is looked at while changes are not heard.</summary>
    public TimeSpan Pause { get; }

    /// <summary>Gets or sets a value indicating whether it is in use. Set under the hub's lock.</summary>
    public bool IsStarted { get; set; }

    /// <summary>Gets the version of the switch that its guard acts on; null before the first read.</summary>
    public long? Version => Interlocked.Read(ref _version) is >= 0 and var version ? version : null;

    public void Join(KillSwitchGuard guard) => Guard = guard;

    /// <summary>Starts to hear of changes, once; later calls do nothing.</summary>
    public void Start()
    {
        if (!IsStarted)
        {
            _hub.Start(this);
        }
    }

    public void TellActivation(KillSwitchState state) => _hub.TellActivation(this, state);

    /// <summary>Notes which version of the switch was read, by which the guard lets through from now on; null when reading failed. Called under the guard's lock.</summary>
    public void Apply(long? version)
    {
        if (version is { } read && Interlocked.Exchange(ref _version, read) != read)
        {
            _hub.Acknowledge();
        }
    }

    // Bounded in itself.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync() => await _hub.LeaveAsync(this).ConfigureAwait(false);
}
