namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The guards of one process that look at the same database: each container has one, and what one activates holds in all of them at once.</summary>
/// <param name="database">What tells the database from others. Without a password: it outlives the container.</param>
internal sealed class KillSwitchNeighbours(string database)
{
    private static readonly Lock Gate = new();
    private static readonly List<(string Database, WeakReference<KillSwitchGuard> Guard)> Known = [];

    public void Add(KillSwitchGuard guard)
    {
        lock (Gate)
        {
            Known.RemoveAll(known => !known.Guard.TryGetTarget(out _));
            Known.Add((database, new WeakReference<KillSwitchGuard>(guard)));
        }
    }

    public void TellActivation(KillSwitchGuard from, KillSwitchState state)
    {
        List<KillSwitchGuard> others = [];
        lock (Gate)
        {
            foreach ((string other, WeakReference<KillSwitchGuard> reference) in Known)
            {
                if (other == database && reference.TryGetTarget(out KillSwitchGuard? guard) && guard != from)
                {
                    others.Add(guard);
                }
            }
        }

        others.ForEach(guard => guard.Believe(state));
    }
}
