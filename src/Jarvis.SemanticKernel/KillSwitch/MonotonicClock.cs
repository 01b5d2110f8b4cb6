namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>
/// Milliseconds that only move forward. The system's tick count takes a third of the time of a high-resolution timestamp, and a check of the switch is little
/// more than this reading; its resolution of a few milliseconds is far below any cache time.
/// </summary>
internal readonly struct MonotonicClock(TimeProvider time)
{
    private readonly TimeProvider? _other = time == TimeProvider.System ? null : time;

    public long Milliseconds => _other is null ? Environment.TickCount64 : (long)_other.GetElapsedTime(0).TotalMilliseconds;
}
