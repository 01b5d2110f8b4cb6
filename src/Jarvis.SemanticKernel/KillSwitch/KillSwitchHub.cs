using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Diagnostics;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>
/// What the containers of this process that look at one database share: one listening connection and one heartbeat, from the first use to the last. While changes
/// cannot be heard, each guard reads the switch as often as its cache time says, so that those who only wait are reached too. Nothing waits for a hub: a process may end
/// at any time. A kernel that was built on its own is never disposed, so the hub holds its members weakly.
/// </summary>
internal sealed class KillSwitchHub
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Action<KillSwitchMember, KillSwitchState> _tellActivation;
    private readonly TimeProvider _time;
    private readonly KillSwitchHeartbeat _heartbeat;
    private readonly InterruptibleWait _look;
    private readonly Lock _gate = new();
    private readonly List<WeakReference<KillSwitchMember>> _members = [];

    // Who listens for all, and how to end it.
    private (WeakReference<KillSwitchMember> Listener, CancellationTokenSource Ending)? _turn;
    private int _turns;
    private bool _isWatching;

    /// <param name="id">The id of this process's row in the database.</param>
    /// <param name="tellActivation">Tells all guards of the process of an activation, those of other hubs of the same database too.</param>
    /// <param name="time">The clock.</param>
    public KillSwitchHub(Guid id, Action<KillSwitchMember, KillSwitchState> tellActivation, TimeProvider time)
    {
        (_tellActivation, _time) = (tellActivation, time);
        _heartbeat = new KillSwitchHeartbeat(id, Started, time);
        _look = new InterruptibleWait(time);
    }

    public void Add(KillSwitchMember member)
    {
        lock (_gate)
        {
            _members.Add(new WeakReference<KillSwitchMember>(member));
        }
    }

    /// <summary>Counts a member among those who hear of changes, from its first use on.</summary>
    public void Start(KillSwitchMember member)
    {
        bool isFirst;
        lock (_gate)
        {
            member.IsStarted = true;
            isFirst = !_isWatching;
            _isWatching = true;
        }

        if (isFirst)
        {
            // Not in the scope, nor in the trace, of whoever happens to be first.
            _ = Detached.Run(WatchAsync);
        }

        // It may want to look more often than those before it.
        _look.Wake();
        _heartbeat.Start();
    }

    /// <summary>Takes out a member whose container ends. Its connection is not used any more, by nobody.</summary>
    /// <returns>A task that ends when this process's row is gone, if the member was the last one to write it.</returns>
    public Task LeaveAsync(KillSwitchMember member)
    {
        lock (_gate)
        {
            _members.RemoveAll(reference => reference.TryGetTarget(out KillSwitchMember? other) && other == member);
        }

        bool isLast = !Array.Exists(Started(), other => other.Heartbeats is not null);
        return isLast && member is { IsStarted: true, Heartbeats: { } store } ? _heartbeat.StopAsync(store) : Task.CompletedTask;
    }

    /// <summary>Tells all others of an activation that was just committed by a member.</summary>
    public void TellActivation(KillSwitchMember from, KillSwitchState state) => _tellActivation(from, state);

    public void Believe(KillSwitchMember from, KillSwitchState state)
    {
        foreach (KillSwitchMember member in Living())
        {
            if (member != from)
            {
                member.Guard?.Believe(state);
            }
        }
    }

    /// <summary>Says that a member acts on another version than before.</summary>
    public void Acknowledge() => _heartbeat.Wake();

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever ends the listening, it is begun again; the cache time bounds what is missed.")]
    private async Task WatchAsync()
    {
        TimeSpan wait = FirstWait;
        while (TakeTurn() is var (changes, ending))
        {
            try
            {
                if (!changes.CanBeHeard)
                {
                    await LookAsync(TimeSpan.MaxValue, ending).ConfigureAwait(false);
                }

                await changes.ListenAsync(
                    () =>
                    {
                        // Looks too: the read that a notification began may have failed, and nobody else asks for those who only wait.
                        wait = FirstWait;
                        LookAtAll();
                    },
                    () => Array.ForEach(Started(), static member => member.Guard?.Invalidate()),
                    ending).ConfigureAwait(false);
            }
            catch (Exception) when (ending.IsCancellationRequested)
            {
                // Another one's turn, if there is one.
            }
            catch (Exception failure)
            {
                Report(failure, wait);
                await ((Task)LookAsync(wait, ending)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            }
        }
    }

    // The newest first, whose password is most likely to be valid; after a failure the one before it.
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "A source without a timer holds nothing, and a member may be ending it.")]
    private (IKillSwitchChanges Changes, CancellationToken Ending)? TakeTurn()
    {
        lock (_gate)
        {
            KillSwitchMember[] started = Find(static member => member.IsStarted);
            if (started is [])
            {
                _turn = null;
                _isWatching = false;
                return null;
            }

            KillSwitchMember listener = started[^(1 + (_turns++ % started.Length))];
            var ending = new CancellationTokenSource();
            _turn = (new WeakReference<KillSwitchMember>(listener), ending);
            return (listener.Changes, ending.Token);
        }
    }

    private async Task LookAsync(TimeSpan length, CancellationToken ending)
    {
        long startedAt = _time.GetTimestamp();
        while (length - _time.GetElapsedTime(startedAt) is var left && left > TimeSpan.Zero)
        {
            TimeSpan pause = LookAtAll();
            await _look.WaitAsync(left < pause ? left : pause, ending).ConfigureAwait(false);
        }
    }

    private TimeSpan LookAtAll()
    {
        TimeSpan pause = LongestWait;
        foreach (KillSwitchMember member in Started())
        {
            member.Guard?.Look();
            pause = member.Pause < pause ? member.Pause : pause;
        }

        return pause;
    }

    private void Report(Exception failure, TimeSpan wait)
    {
        if (Started() is [var first, ..])
        {
            first.Logger.KillSwitchNotHeard(failure.GetType().Name, wait);
        }
    }

    /// <summary>Those in use. Ends the turn of a listener that is not among them.</summary>
    private KillSwitchMember[] Started()
    {
        KillSwitchMember[] started;
        CancellationTokenSource? over = null;
        lock (_gate)
        {
            _members.RemoveAll(reference => !reference.TryGetTarget(out _));
            started = Find(static member => member.IsStarted);
            if (_turn is var (listener, ending) && !(listener.TryGetTarget(out KillSwitchMember? who) && Array.IndexOf(started, who) >= 0))
            {
                over = ending;
            }
        }

        over?.Cancel();
        return started;
    }

    private KillSwitchMember[] Living()
    {
        lock (_gate)
        {
            return Find(static _ => true);
        }
    }

    private KillSwitchMember[] Find(Predicate<KillSwitchMember> which)
    {
        List<KillSwitchMember> found = new(_members.Count);
        foreach (WeakReference<KillSwitchMember> reference in _members)
        {
            if (reference.TryGetTarget(out KillSwitchMember? member) && which(member))
            {
                found.Add(member);
            }
        }

        return [.. found];
    }
}
